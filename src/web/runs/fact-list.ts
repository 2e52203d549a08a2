import { html, quoted, type Html } from '../markup.ts';

export type PageFact = readonly [name: string, value: Html | string];

/** Names with their values, one below the other. */
export function factList(facts: readonly PageFact[]): Html {
  return html`<dl class="facts">
    ${facts.map(
      ([name, value]) =>
        html`<div>
          <dt>${quoted(name)}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}
