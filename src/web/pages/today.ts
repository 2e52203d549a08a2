import { lastResults, type LastResult } from '../../store/run-history.ts';
import { html, type Html } from '../markup.ts';
import type { Page, Visit } from '../page.ts';
import { figure, empty, panel, scrolling, shownOr, table, tag, verdict } from '../parts.ts';

/** Is anything wrong, and what is next? */
export const today: Page = {
  path: '/',
  name: 'Today',
  async show(visit) {
    const results = await visit.read(lastResults);
    const failed = results.ok ? results.value.filter(isTroubled).length : null;
    const answer =
      failed === null
        ? 'What runs cannot be told'
        : failed === 0
          ? 'All is well'
          : `${failed} pipelines ended with failures`;
    const body = html`${verdict(failed === 0 ? 'ok' : 'bad', answer)}
    ${panel(
      { title: 'Pipelines' },
      shownOr(results, (last) => pipelines(visit, last)),
    )}`;
    return { title: answer, body };
  },
};

const isTroubled = ({ status, failed }: LastResult) => status !== 'completed' || (failed ?? 0) > 0;

const headings = [
  { text: 'Pipeline' },
  { text: 'Last run', classes: 'wrap' },
  { text: 'Symbols', classes: 'num lo' },
  { text: 'Failed', classes: 'num' },
];

function pipelines({ clock }: Visit, results: readonly LastResult[]): Html {
  if (results.length === 0)
    return empty(html`Nothing has run yet. Start with <code>barwright symbols sync</code>.`);
  const rows = results.map(
    ({ flow, status, closedAt, symbols, failed }) =>
      html`<tr>
        <td>${flow}</td>
        <td class="wrap">
          ${tag(status === 'completed' ? 'ok' : 'bad', status)}
          <span class="sub">${clock.when(closedAt)}</span>
        </td>
        <td class="num lo">${figure(symbols)}</td>
        <td class="num">${figure(failed)}</td>
      </tr>`,
  );
  return scrolling('Pipelines', table(headings, rows));
}
