import { BrokenPaging } from '../../domain/provider-errors.ts';
import type { PolygonAccess } from './http.ts';

/** The address of an endpoint on the configured host. */
export function endpoint(
  { baseUrl }: Pick<PolygonAccess, 'baseUrl'>,
  path: string,
  query: Readonly<Record<string, string>>,
): URL {
  const url = new URL(`${baseUrl.replace(/\/+$/, '')}${path}`);
  url.search = new URLSearchParams(query).toString();
  return url;
}

/** The address of a next page as the provider tells it. Throws `BrokenPaging` for what is none. */
export function nextPage(text: string): URL {
  if (URL.canParse(text)) return new URL(text);
  throw new BrokenPaging('the address of the next page is no URL');
}

/** The next page's address as it was told, null at the end. Throws `BrokenPaging` where it is that of this page. */
export function otherPage(told: string | null | undefined, page: URL): string | null {
  if (told === page.href) throw new BrokenPaging('the next page is the same page');
  return told ?? null;
}
