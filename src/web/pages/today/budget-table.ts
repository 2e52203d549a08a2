import type { BudgetFigures } from '../../../operations/read-budgets.ts';
import { providerName } from '../../../operations/provider-name.ts';
import { html, type Html } from '../../markup.ts';
import type { Visit } from '../../page.ts';
import { figure, scrolling, table, tag } from '../../parts.ts';

const headings = [
  { text: 'Provider' },
  { text: 'Per minute', classes: 'num lo' },
  { text: 'Last minute', classes: 'num' },
  { text: 'Today', classes: 'num lo' },
  { text: 'Next', classes: 'wrap' },
];

/** What each provider may be asked, and was. */
export function budgetTable(visit: Visit, budgets: readonly BudgetFigures[]): Html {
  const rows = budgets.map(
    ({ source, requests, spent, day, ...rest }) =>
      html`<tr>
        <td>${providerName(source)}</td>
        <td class="num lo">${figure(requests)}</td>
        <td class="num">${figure(spent)}</td>
        <td class="num lo">${figure(day.spent)}</td>
        <td class="wrap">${nextText(visit, { day, ...rest })}</td>
      </tr>`,
  );
  return scrolling('Provider budget', table(headings, rows));
}

function nextText(
  { clock }: Visit,
  { blockedUntil, left, day }: Pick<BudgetFigures, 'blockedUntil' | 'left' | 'day'>,
): Html {
  if (blockedUntil !== null) return html`${tag('warn', 'refuses')} until ${clock.when(blockedUntil)}`;
  if (day.left === 0) return tag('warn', 'spent until midnight UTC');
  return left > 0 ? tag('ok', 'free') : tag('off', 'within the minute');
}
