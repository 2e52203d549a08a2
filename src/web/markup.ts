// The one file that may import hono's html: what else it has there, `raw`, would let text through as markup.
import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

export { html };

/** Markup in which every value was escaped. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export const nothing: Html = html``;

/** Controls that are no text, and halves of pairs. */
const unprintable = /[\p{Cc}\p{Cs}\p{Cn}]/gu;
/** Marks that turn the direction of what stands beside them. */
const turning = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text that others wrote, as a part of a page: whatever its direction, it turns nothing beside it. */
export function quoted(text: string): Html {
  return html`<bdi>${printable(text)}</bdi>`;
}

/** The same for an attribute or a title, where no element can hold the direction: the marks show as what they are. */
export function plainText(text: string): string {
  return printable(text).replaceAll(turning, '\ufffd');
}

function printable(text: string): string {
  return text.replaceAll(/[\t\r\n]+/g, ' ').replaceAll(unprintable, '\ufffd');
}
