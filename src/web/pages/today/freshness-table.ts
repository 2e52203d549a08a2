import { expectedAt, isLate } from '../../../operations/attention/freshness-lines.ts';
import type { Freshness } from '../../../operations/freshness.ts';
import { providerName } from '../../../operations/provider-name.ts';
import { durationText } from '../../../operations/figures.ts';
import { pathWith } from '../../query.ts';
import { html, type Html } from '../../markup.ts';
import type { Visit } from '../../page.ts';
import { sessionText } from '../../page-clock.ts';
import { empty, figure, scrolling, table, tag } from '../../parts.ts';

const headings = [
  { text: 'Data' },
  { text: 'Latest complete', classes: 'wrap' },
  { text: 'Present', classes: 'num lo' },
  { text: 'Settled', classes: 'num lo' },
  { text: 'Due', classes: 'num' },
  { text: 'Expected by', classes: 'wrap' },
];

/** How far the bars of each source go; figures are of the last closed session. */
export function freshnessTable(visit: Visit, all: readonly Freshness[]): Html {
  if (all.length === 0) return empty('No bars are stored yet: the first run brings some.');
  return scrolling(
    'Freshness',
    table(
      headings,
      all.map((one) => row(visit, one)),
    ),
  );
}

function row(visit: Visit, fresh: Freshness): Html {
  const { source, interval, complete, last } = fresh;
  const href = (session: string | null) => pathWith('/coverage', { source, interval, session });
  return html`<tr>
    <td><a href="${href(null)}">${providerName(source)} ${interval}</a></td>
    <td class="wrap">
      ${complete === null ? 'none' : html`<a href="${href(complete)}">${sessionText(complete)}</a>`}
    </td>
    <td class="num lo">${figure(last.present)}</td>
    <td class="num lo">${figure(last.settled)}</td>
    <td class="num"><a href="${href(last.session)}">${figure(last.due)}</a></td>
    <td class="wrap">${expectation(visit, fresh)}</td>
  </tr>`;
}

function expectation({ clock, now }: Visit, fresh: Freshness): Html {
  const expected = expectedAt(fresh);
  if (fresh.gaps.length > 0) return tag('bad', 'gaps');
  if (fresh.last.due === 0) return tag('ok', expected === null ? 'complete' : 'on time');
  if (expected === null) return tag('off', 'no schedule brings it');
  if (isLate(fresh, now)) return tag('bad', `${durationText(now.getTime() - expected.getTime())} late`);
  return html`${tag('off', 'not yet')} <span class="sub">${clock.when(expected)}</span>`;
}
