import { durationText } from '../../operations/figures.ts';
import { runOutcome } from '../../operations/run-outcome.ts';
import { countRuns, listRuns, type RunCounts, type RunLine } from '../../store/ledger/list-runs.ts';
import { runsMadeGood } from '../../store/ledger/made-good.ts';
import { html, nothing, quoted, type Html } from '../markup.ts';
import type { Page, Visit } from '../page.ts';
import { sessionsText } from '../page-clock.ts';
import {
  counted,
  empty,
  figure,
  panel,
  scrolling,
  shownOr,
  table,
  tag,
  verdict,
  type Heading,
  type Tone,
} from '../parts.ts';
import { runPath } from '../runs/run-links.ts';
import {
  filtersOf,
  isFiltered,
  runsCommand,
  runsForm,
  runsPath,
  askedRuns,
  type AskedRuns,
} from '../runs/asked-runs.ts';
import { spellingsOf } from '../runs/spellings.ts';

const runsOfPage = 50;

/** What ran, and what did it do? */
export const runs: Page = {
  path: '/runs',
  name: 'Runs',
  async show(visit) {
    const wish = askedRuns(visit.query);
    if (wish.problems.size > 0) {
      const answer = 'This is no list of runs';
      const body = html`${verdict('warn', answer, 'What is wrong with its address is said below.')}
      ${runsForm(wish)}`;
      return { title: answer, body, status: 400 };
    }
    const symbols = await visit.read((db) =>
      wish.symbol === null ? Promise.resolve(null) : spellingsOf(db, wish.symbol),
    );
    const { zone } = visit.clock;
    const filters = filtersOf(wish, symbols.ok ? symbols.value : null, {
      zone,
      today: visit.clock.date(visit.now),
    });
    const [counts, list] = await Promise.all([
      visit.read((db) => countRuns(db, filters.counted)),
      // One more tells whether there is another page.
      visit.read((db) => listRuns(db, filters.listed, { after: wish.after, limit: runsOfPage + 1 })),
    ]);
    const madeGood = await madeGoodOf(visit, counts.ok ? counts.value : null, list.ok ? list.value : []);
    const first = counts.ok
      ? firstLine(counts.value, madeGood, filters.period)
      : { tone: 'warn' as const, answer: 'How many runs there were cannot be told', more: '' };
    const body = html`${verdict(first.tone, first.answer, first.more)} ${runsForm(wish)}
    ${panel(
      { title: 'Runs', more: asCommand(runsCommand(wish)) },
      shownOr(list, (lines) => listed(visit, wish, { lines, madeGood: madeGood ?? new Set() })),
    )}`;
    return { title: first.answer, body };
  },
};

interface Lines {
  readonly lines: readonly RunLine[];
  readonly madeGood: ReadonlySet<string>;
}

/** Which of all that are counted or listed were made good; null: that cannot be told. */
async function madeGoodOf(
  visit: Visit,
  counts: RunCounts | null,
  lines: readonly RunLine[],
): Promise<ReadonlySet<string> | null> {
  const shown = lines.filter((line) => runOutcome(line).tone === 'bad').map(({ runId }) => runId);
  const ids = new Set([...(counts?.troubled ?? []), ...shown]);
  const found = await visit.read((db) => runsMadeGood(db, [...ids]));
  return found.ok ? found.value : null;
}

/** `412 runs in 30 days`, and what became of them. */
function firstLine(
  { open, done, withFailures, failed, cancelled, troubled: ids }: RunCounts,
  madeGood: ReadonlySet<string> | null,
  period: string,
): { readonly tone: Tone; readonly answer: string; readonly more: string } {
  const all = open + done + withFailures + failed + cancelled;
  const parts = [
    [done, 'done'],
    [withFailures, 'with failures'],
    [failed, 'failed'],
    [cancelled, 'cancelled'],
    [open, 'running'],
  ] as const;
  const said = parts.flatMap(([number, word]) => (number === 0 ? [] : `${figure(number)} ${word}`));
  const troubled = withFailures + failed;
  const good = madeGood === null ? null : ids.filter((id) => madeGood.has(id)).length;
  const since =
    good === null
      ? 'whether what failed was made good since cannot be told'
      : `of those with failures or failed, ${figure(good)} made good since`;
  return {
    tone: troubled > (good ?? 0) ? 'bad' : 'ok',
    answer: `${counted(all, 'run')} ${period}${said.length === 0 ? '' : `: ${said.join(', ')}`}`,
    more: troubled === 0 ? '' : since,
  };
}

const headings: readonly Heading[] = [
  { text: 'Ended', sorted: 'descending' },
  { text: 'Flow' },
  { text: 'Sessions', classes: 'lo' },
  { text: 'Result' },
  { text: 'Symbols', classes: 'num lo' },
  { text: 'Failed', classes: 'num' },
  { text: 'Changed', classes: 'num lo' },
  { text: 'Requests', classes: 'num lo' },
  { text: 'Took', classes: 'num lo' },
  { text: 'Asked by', classes: 'lo' },
];

function listed(visit: Visit, wish: AskedRuns, { lines, madeGood }: Lines): Html {
  const ended = lines.filter(({ closedAt }) => closedAt !== null);
  const isMore = ended.length > runsOfPage;
  const shown = isMore ? lines.slice(0, -1) : lines;
  if (shown.length === 0) return nothingListed(wish);
  const last = shown.at(-1)?.runId ?? null;
  return html`${scrolling(
    'Runs',
    table(
      headings,
      shown.map((line) => row(visit, line, madeGood.has(line.runId))),
    ),
  )}
  ${
    isMore || wish.after !== null
      ? html`<p class="pages">
          ${wish.after === null ? nothing : html`<a href="${runsPath({ ...wish, after: null })}">The latest</a>`}
          ${isMore ? html`<a href="${runsPath({ ...wish, after: last })}" rel="next">Earlier runs</a>` : nothing}
        </p>`
      : nothing
  }`;
}

const asCommand = (command: string | null) => (command === null ? nothing : html`<code>${command}</code>`);

function nothingListed(wish: AskedRuns): Html {
  if (isFiltered(wish)) return empty(html`No run is like that. <a href="/runs">All runs</a> are more.`);
  return empty(
    html`Nothing has run yet. A schedule starts its runs by itself, and
      <code>barwright run FLOW</code> does.`,
  );
}

function row({ clock, now }: Visit, line: RunLine, isMadeGood: boolean): Html {
  const { closedAt, startedAt, flow, range, symbols, failed, changed, requests, startedBy } = line;
  const { tone, words } = runOutcome(line, isMadeGood);
  const took = durationText((closedAt ?? now).getTime() - startedAt.getTime());
  const path = runPath(line);
  return html`<tr>
    <td>${closedAt === null ? html`since ${clock.when(startedAt)}` : clock.when(closedAt)}</td>
    <td class="wrap"><a href="${path}">${quoted(flow)}</a></td>
    <td class="lo">${range === null ? '' : sessionsText(range)}</td>
    <td class="wrap">${tag(tone, words)}</td>
    <td class="num lo">${figure(symbols)}</td>
    <td class="num">
      ${failed === 0 ? '0' : html`<a href="${path}?tab=loads&amp;status=failed">${figure(failed)}</a>`}
    </td>
    <td class="num lo">${figure(changed)}</td>
    <td class="num lo">${figure(requests)}</td>
    <td class="num lo">${took}</td>
    <td class="lo">${startedBy === null ? '' : quoted(startedBy)}</td>
  </tr>`;
}
