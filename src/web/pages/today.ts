import { sessionOn } from '../../calendar/exchange-calendar.ts';
import type { AttentionFacts } from '../../operations/attention/attention.ts';
import { attentionOf, attentionSentence } from '../../operations/attention/attention-of.ts';
import type { Freshness } from '../../operations/freshness.ts';
import { providerName } from '../../operations/provider-name.ts';
import { readStoreFigures, readTemporalFigures, type TemporalFigures } from '../../operations/read-status.ts';
import { flowNames } from '../../flows/index.ts';
import { flowRuns } from '../../store/flow-runs.ts';
import { openFindings } from '../../store/open-findings.ts';
import { openReasks } from '../../store/open-reasks.ts';
import { html, nothing, type Html } from '../markup.ts';
import type { Page, Visit } from '../page.ts';
import { sessionsText, sessionText } from '../page-clock.ts';
import { panel, shownOr, verdict, type Tone } from '../parts.ts';
import type { Found } from '../reaching.ts';
import { attentionPanel } from './today/attention-panel.ts';
import { budgetTable } from './today/budget-table.ts';
import { freshnessTable } from './today/freshness-table.ts';
import { pipelineTable } from './today/pipeline-table.ts';

/** Is anything wrong, and what is next? */
export const today: Page = {
  path: '/',
  name: 'Today',
  async show(visit) {
    const { config, now, clock } = visit;
    const [runs, findings, reasks, freshness, store, temporal] = await Promise.all([
      visit.read((db) => flowRuns(db, flowNames)),
      visit.read(openFindings),
      visit.read(openReasks),
      visit.read((_, whole) => visit.freshness(whole, now.getTime())),
      visit.read((db) => readStoreFigures({ db, config }, visit.baseUrls())),
      visit.ask((client) => readTemporalFigures(client, config.taskQueues)),
    ]);
    const facts: AttentionFacts = {
      ...{ now, when: clock.whenText, sessions: sessionsText },
      ...{ runs: valueOf(runs), findings: valueOf(findings) },
      ...{ reasks: valueOf(reasks), freshness: valueOf(freshness) },
      ...{ store: valueOf(store), temporal: valueOf(temporal) },
    };
    const lines = attentionOf(facts);
    const isNew = runs.ok && runs.value.every(({ open, ended }) => open.length + ended.length === 0);
    const answer = isNew ? 'Nothing has been brought yet' : attentionSentence(facts);
    const schedules = temporal.ok ? temporal.value : null;
    const body = html`${verdict(toneOf(lines, facts), answer, below(visit, { isNew, freshness, schedules }))}
      ${lines.length === 0 ? nothing : attentionPanel(visit, lines)}
      ${panel(
        { title: 'Pipelines' },
        shownOr(runs, (value) => pipelineTable(visit, value, schedules)),
      )}
      ${
        temporal.ok
          ? nothing
          : panel(
              { title: 'Schedules' },
              shownOr(temporal, () => nothing),
            )
      }
      <div class="cols">
        ${panel(
          { title: 'Freshness' },
          shownOr(freshness, (value) => freshnessTable(visit, value)),
        )}
        ${panel(
          { title: 'Provider budget' },
          shownOr(store, ({ budgets }) => budgetTable(visit, budgets)),
        )}
      </div>`;
    return { title: answer, body };
  },
};

function valueOf<Value>(found: Found<Value>): Value | null {
  return found.ok ? found.value : null;
}

function toneOf(lines: ReturnType<typeof attentionOf>, facts: AttentionFacts): Tone {
  if (lines.some(({ urgency }) => urgency === 'bad')) return 'bad';
  const isKnown = facts.freshness !== null && facts.runs !== null && facts.findings !== null;
  return lines.length > 0 || !isKnown ? 'warn' : 'ok';
}

interface Beneath {
  readonly isNew: boolean;
  readonly freshness: Found<readonly Freshness[]>;
  readonly schedules: TemporalFigures | null;
}

/** How far the data goes, and what comes next. */
function below({ clock, now }: Visit, { isNew, freshness, schedules }: Beneath): Html {
  const next = nextRun(schedules);
  const coming = next === null ? '' : `Next: ${next.id} at ${clock.whenText(next.at)}.`;
  if (isNew)
    return html`Start with <code>barwright symbols sync</code>, then <code>barwright backfill</code>.
      ${coming}`;
  const known = freshness.ok ? freshness.value.filter(({ interval }) => interval === '1d') : [];
  return html`${known.map((one) => `${freshnessSentence(one)} `)}${coming}${closedText(now)}`;
}

function freshnessSentence({ source, complete, last }: Freshness): string {
  const name = providerName(source);
  if (complete === null) return `${name} has no complete session of late.`;
  const settled = complete === last.session && last.settled === last.present ? ' and settled' : '';
  const open = complete === last.session ? '' : ` ${sessionText(last.session)} is due.`;
  return `${name} ${sessionText(complete)} is complete${settled}.${open}`;
}

function closedText(now: Date): string {
  const weekday = now.getUTCDay();
  const isWeekend = weekday === 0 || weekday === 6;
  return sessionOn(now.toISOString().slice(0, 10)) === null && !isWeekend ? ' No session today.' : '';
}

function nextRun(schedules: TemporalFigures | null) {
  const coming = (schedules?.nextRuns ?? []).flatMap(({ id, nextRunAt }) =>
    nextRunAt === null ? [] : [{ id, at: new Date(nextRunAt) }],
  );
  return coming.sort((one, other) => one.at.getTime() - other.at.getTime())[0] ?? null;
}
