import { html, nothing, type Html } from '../markup.ts';
import { pathWith } from '../query.ts';

export const linesOfPart = 100;

type Values = Readonly<Record<string, string | number | null>>;

/** What was read of a list, with one more than a page has, as a page of it, and the way to the rest. */
export function paged<Line extends { readonly id: number }>(
  lines: readonly Line[],
  { path, values, after }: { readonly path: string; readonly values: Values; readonly after: number | null },
): { readonly shown: readonly Line[]; readonly links: Html } {
  const isMore = lines.length > linesOfPart;
  const shown = isMore ? lines.slice(0, linesOfPart) : lines;
  if (!isMore && after === null) return { shown, links: nothing };
  const next = pathWith(path, { ...values, after: shown.at(-1)?.id ?? null });
  return {
    shown,
    links: html`<p class="pages">
      ${after === null ? nothing : html`<a href="${pathWith(path, values)}">From the first</a>`}
      ${isMore ? html`<a href="${next}" rel="next">More</a>` : nothing}
    </p>`,
  };
}
