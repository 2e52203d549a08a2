import { html, nothing, plainText, quoted, type Html } from './markup.ts';
import type { Found } from './reaching.ts';

/** Green for well, amber for what waits for a decision, red for what a person has to do today, blue for running. */
export type Tone = 'ok' | 'warn' | 'bad' | 'run' | 'off';

/** The first line of a page: its answer in words, and what stands below it. */
export function verdict(tone: Tone, answer: string, more: Html | string = nothing): Html {
  return html`<section class="verdict ${tone}" aria-labelledby="verdict">
    <div>
      <h1 id="verdict">${plainText(answer)}</h1>
      <p>${more}</p>
    </div>
  </section>`;
}

interface PanelOptions {
  readonly title: string;
  /** On the right of its head, such as a link to all of it. */
  readonly more?: Html;
}

/** A section with a head; a table in it may be put in `scrolling`. */
export function panel({ title, more = nothing }: PanelOptions, body: Html): Html {
  return html`<section class="panel" aria-label="${title}">
    <header>
      <h2>${title}</h2>
      <span class="more">${more}</span>
    </header>
    ${body}
  </section>`;
}

/** What is wider than a phone, reached by keyboard as well. */
export function scrolling(label: string, table: Html): Html {
  return html`<div class="scroll" role="group" aria-label="${label}" tabindex="0">${table}</div>`;
}

/** A column of a table: `num` for figures, `lo` for what a phone does without, `wrap` for what may break. */
export interface Heading {
  readonly text: string;
  readonly classes?: string;
  /** Of the column that the rows go by. */
  readonly sorted?: 'ascending' | 'descending';
}

/** A table of rows that are markup already, `<tr>` each. */
export function table(headings: readonly Heading[], rows: readonly Html[]): Html {
  return html`<table>
    <thead>
      <tr>
        ${headings.map(heading)}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

function heading({ text, classes = '', sorted }: Heading): Html {
  const order = sorted === undefined ? nothing : html` aria-sort="${sorted}"`;
  return html`<th scope="col" class="${classes}" ${order}>${text}</th>`;
}

/** A state: its colour, a shape, and a word. */
export function tag(tone: Tone, word: string): Html {
  return html`<span class="tag ${tone}">${plainText(word)}</span>`;
}

/** What of an address cannot be, in words. */
export function refusals(problems: ReadonlyMap<string, string>): readonly Html[] {
  return [...problems.values()].map(
    (problem) => html`<p class="trouble" role="alert">${plainText(problem)}</p>`,
  );
}

/** One sentence in place of a table: why nothing is there, and what would fill it. */
export function empty(sentence: Html | string): Html {
  return html`<p class="empty">${sentence}</p>`;
}

/** What was read, shown; or what kept it from being read, in words. */
export function shownOr<Value>(found: Found<Value>, show: (value: Value) => Html): Html {
  if (found.ok) return show(found.value);
  return html`<p class="trouble" role="status">${tag('warn', 'Not read')} ${quoted(found.trouble.text)}</p>`;
}

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A count with separators; empty where there is nothing to count. */
export function figure(number: number | null): string {
  return number === null ? '' : grouped.format(number);
}

/** `1 run`, `1,204 runs` */
export function counted(number: number, one: string, several = `${one}s`): string {
  return `${grouped.format(number)} ${number === 1 ? one : several}`;
}
