import { sessionOn } from '../../calendar/exchange-calendar.ts';
import { declarations } from '../../../schedules/index.ts';
import { firstFiring } from '../../../schedules/first-firing.ts';
import { dayNumber, type DateRange } from '../../domain/date-range.ts';
import { finalThrough } from '../../domain/finality.ts';
import type { OpenReask } from '../../store/open-reasks.ts';
import { bringingFlow, type Freshness } from '../freshness.ts';
import { providerName } from '../provider-name.ts';
import type { Attention, AttentionFacts } from './attention.ts';

/** A run takes its time: what is expected at the hour of a schedule is late so many minutes after. */
const graceMs = 45 * 60_000;

/** When the bars of a source's last closed session are expected; null: no schedule brings them. */
export function expectedAt(fresh: Freshness): Date | null {
  const flow = bringingFlow(fresh);
  const schedule = declarations.find((one) => one.flow === flow);
  const session = sessionOn(fresh.last.session);
  if (schedule === undefined || session === null) return null;
  const fires = firstFiring(schedule, Date.parse(session.closesAt));
  return fires === null ? null : new Date(fires);
}

/** Whether the bars of the last closed session should have been there by now. */
export function isLate(fresh: Freshness, now: Date): boolean {
  const expected = expectedAt(fresh);
  return fresh.last.due > 0 && expected !== null && now.getTime() > expected.getTime() + graceMs;
}

/** Sources past their time, and what settlement has left. */
export function freshnessLines(facts: AttentionFacts): readonly Attention[] {
  return (facts.freshness ?? []).flatMap((fresh) => [
    ...(isNotFinal(fresh, facts.now) && isLate(fresh, facts.now) ? [lateLine(fresh, facts)] : []),
    ...(fresh.gaps.length > 0 ? [gapLine(fresh, facts)] : []),
  ]);
}

/** Once it is final it is a gap. */
function isNotFinal({ source, last }: Freshness, now: Date): boolean {
  return dayNumber(last.session) > finalThrough(source, now.getTime());
}

function lateLine(fresh: Freshness, { when, sessions, temporal }: AttentionFacts): Attention {
  const { source, interval, last } = fresh;
  const [flow, expected] = [bringingFlow(fresh), expectedAt(fresh)];
  const schedule = temporal?.nextRuns.find(({ id }) => id === flow);
  const nextAt = schedule?.nextRunAt ?? null;
  return {
    ...{ urgency: 'bad', kind: 'Late', since: expected },
    what: `${providerName(source)} ${interval} lacks bars of ${sessions({ from: last.session, to: last.session })}, expected by ${expected === null ? '' : when(expected)}`,
    where: `${last.due} of ${last.due + last.present} symbols`,
    place: { page: 'coverage', query: { source, interval, session: last.session } },
    cells: last.due,
    next: nextAt === null ? 'run it' : `asked again at ${when(new Date(nextAt))}, or run it now`,
    command: `barwright run ${flow ?? ''}`,
  };
}

const mostNamed = 2;

function gapLine(fresh: Freshness, { sessions, reasks, now, when }: AttentionFacts): Attention {
  const { source, interval, gaps, symbols } = fresh;
  const cells = gaps.reduce((sum, { due }) => sum + due, 0);
  const range = { from: gaps[0]?.session ?? '', to: gaps.at(-1)?.session ?? '' };
  const others = symbols.length - mostNamed;
  const reask = reasks?.find((one) => asksForAll(one, range, symbols));
  return {
    ...{ urgency: reask === undefined ? 'bad' : 'warn', kind: 'Gap' },
    since: new Date(`${range.from}T21:00:00Z`),
    what: `${providerName(source)} ${interval} bars lack though they are final, of ${sessions(range)}`,
    where: `${symbols.slice(0, mostNamed).join(', ')}${others > 0 ? ` and ${others} more` : ''}`,
    place: { page: 'coverage', query: { source, interval, ...range } },
    cells,
    next: reask === undefined ? 'ask for them' : askedAgain(reask, now, when),
    command: reask === undefined ? `barwright repair --from ${range.from} --to ${range.to}` : null,
  };
}

function asksForAll(reask: OpenReask, { from, to }: DateRange, symbols: readonly string[]): boolean {
  const { range, symbols: asked } = reask;
  if (range !== null && (range.from > from || range.to < to)) return false;
  return asked === null || symbols.every((symbol) => asked.includes(symbol));
}

function askedAgain({ startedAt, afterSeconds }: OpenReask, now: Date, when: AttentionFacts['when']): string {
  const times = afterSeconds.map((seconds) => new Date(startedAt.getTime() + seconds * 1000));
  const next = times.find((time) => time > now);
  return next === undefined ? 'asked again now' : `asked for, and again at ${when(next)}`;
}
