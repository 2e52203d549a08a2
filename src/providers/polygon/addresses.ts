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

/** The kinds of addresses that are asked. */
const endpoints: readonly (readonly [RegExp, string])[] = [
  [/\/v2\/aggs\/grouped\//, 'market-day'],
  [/\/v2\/aggs\/ticker\//, 'series'],
  [/\/vX\/reference\/tickers\/.*\/events$/, 'ticker-events'],
  [/\/v3\/reference\/tickers\/./, 'instrument'],
  [/\/v3\/reference\/tickers$/, 'instruments'],
  [/\/stocks\/v1\/splits$/, 'splits'],
  [/\/stocks\/v1\/dividends$/, 'dividends'],
];

/** What kind of address it is, whatever it asks for. */
export function endpointOf({ pathname }: URL): string {
  return endpoints.find(([pattern]) => pattern.test(pathname))?.[1] ?? 'other';
}

/** The address of a next page as the provider tells it. Throws `BrokenPaging` for what is none. */
export function nextPage(text: string): URL {
  if (URL.canParse(text)) return new URL(text);
  throw new BrokenPaging('the address of the next page is no URL');
}

/** The names under which the provider serves the same, next pages of one on the other included. */
const names: readonly string[] = ['https://api.polygon.io', 'https://api.massive.com'];

/** True for an address of the configured host, or where that is one of the provider's own, of its other name. */
export function isOwnHost({ baseUrl }: Pick<PolygonAccess, 'baseUrl'>, { origin }: URL): boolean {
  const own = new URL(baseUrl).origin;
  return origin === own || (names.includes(own) && names.includes(origin));
}

/** What a page is known by, whichever name of the provider it is asked under. */
export function onAnyName({ pathname, search }: URL): string {
  return pathname + search;
}

/** The next page's address as it was told, null at the end. Throws `BrokenPaging` where it is that of this page. */
export function otherPage(told: string | null | undefined, page: URL): string | null {
  if (told != null && URL.canParse(told) && onAnyName(new URL(told)) === onAnyName(page))
    throw new BrokenPaging('the next page is the same page');
  return told ?? null;
}
