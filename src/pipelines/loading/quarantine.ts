import { sessionDaysBetween } from '../../calendar/exchange-calendar.ts';
import { dayNumber, type DateRange } from '../../domain/date-range.ts';
import { wayInRules, type WayInRule } from '../../domain/quality-rule.ts';
import { absentRanges } from '../../store/absent-ranges.ts';
import type { BarOrigin } from '../../store/bars/incoming-bars.ts';
import { closeFindingsOfDay, recordFindings, type Finding } from '../../store/findings.ts';
import {
  closeQuarantine,
  quarantineOf,
  seeQuarantine,
  settleDayRows,
  type QuarantineFinding,
} from '../../store/quarantine.ts';
import { daysWithBar } from '../../store/stored-absences.ts';
import type { Transaction } from '../../store/transaction.ts';
import { unrejectCells } from '../quality/reject-record.ts';
import type { Loaded } from './load-outcomes.ts';
import { quarantineFindings } from './quarantine-findings.ts';
import { strangersFinding } from './strangers.ts';

/** Sessions of an instrument that an answer has spoken of, and the days of them that it had refused records for. */
export interface Hearing {
  readonly instrumentId: number;
  readonly range: DateRange;
}

/**
 * Makes findings of what answers have put into quarantine, and closes those whose cells have come, or are known to have
 * nothing. Bars and absences of the answers are written already.
 */
export async function keepQuarantine(
  tx: Transaction,
  origin: BarOrigin,
  batch: readonly Loaded[],
): Promise<void> {
  const hearings = batch.flatMap(hearingsOf);
  const refused = batch.flatMap(({ rejected }) => rejected.flatMap(({ instrumentId = [] }) => instrumentId));
  const ids = new Set([...hearings.map(({ instrumentId }) => instrumentId), ...refused]);
  const known = await quarantineOf(tx, origin, [...ids]);
  const found = batch.map((loaded) => quarantineFindings(origin.source, loaded, known));
  const findings = found.flatMap((one) => one.findings);
  await recordFindings(tx, origin.runId, findings);
  await askForOthers(tx, origin, known);
  const seen = new Set(found.flatMap((one) => one.seen));
  await seeQuarantine(tx, origin.runId, [...seen]);
  const isFound = ({ id, instrumentId, from, to }: QuarantineFinding) =>
    seen.has(id) ||
    findings.some((one) => one.instrumentId === instrumentId && one.range.from <= to && one.range.to >= from);
  await closeSettled(
    tx,
    origin,
    hearings,
    known.filter((one) => !isFound(one)),
  );
  for (const loaded of batch) await keepDay(tx, origin, loaded, findings);
}

/** What a person has rejected is due again once another record is in its place. */
async function askForOthers(
  tx: Transaction,
  origin: BarOrigin,
  known: readonly QuarantineFinding[],
): Promise<void> {
  const accepted = known.filter(({ status }) => status === 'accepted');
  if (accepted.length === 0) return;
  const now = await quarantineOf(tx, origin, [...new Set(accepted.map(({ instrumentId }) => instrumentId))]);
  const open = new Set(now.filter(({ status }) => status === 'open').map(({ id }) => id));
  for (const { id, instrumentId, from, to } of accepted)
    if (open.has(id)) await unrejectCells(tx, origin, { instrumentId, range: { from, to } });
}

/** Of which instruments an answer says what their sessions are; one that is not believed says nothing. */
function hearingsOf({ bars, asked, marketDay, verdicts }: Loaded): readonly Hearing[] {
  if (bars === null || asked === undefined) return [];
  const ids = marketDay === undefined ? verdicts.map(({ instrumentId }) => instrumentId) : bars.instrumentIds;
  return Array.from(new Set(ids), (instrumentId) => ({ instrumentId, range: asked }));
}

/** Closes findings over which answers have spoken, once each of their sessions has a bar or is known to have none. */
export async function closeSettled(
  tx: Transaction,
  origin: BarOrigin,
  hearings: readonly Hearing[],
  known: readonly QuarantineFinding[],
): Promise<void> {
  const byInstrument = Map.groupBy(hearings, ({ instrumentId }) => instrumentId);
  const heard = known.filter(
    ({ instrumentId, from, to, status }) =>
      status === 'open' &&
      byInstrument.get(instrumentId)?.some(({ range }) => range.from <= to && range.to >= from) === true,
  );
  if (heard.length === 0) return;
  const lacking = await lackingOf(tx, origin, heard);
  await closeQuarantine(
    tx,
    origin,
    heard.filter(({ id }) => !lacking.has(id)),
  );
}

/** The findings that have a session with neither a bar nor an absence that is believed. */
async function lackingOf(
  tx: Transaction,
  origin: BarOrigin,
  findings: readonly QuarantineFinding[],
): Promise<ReadonlySet<number>> {
  const extents = findings.map(({ instrumentId, from, to }) => {
    return { instrumentId, first: dayNumber(from), last: dayNumber(to) };
  });
  const [first, last] = [
    findings.map(({ from }) => from).sort()[0],
    findings
      .map(({ to }) => to)
      .sort()
      .at(-1),
  ];
  const instrumentIds = [...new Set(findings.map(({ instrumentId }) => instrumentId))];
  const stored = await daysWithBar(tx, origin, extents);
  const range = { from: first ?? '', to: last ?? '' };
  const absent = await absentRanges(tx, { ...origin, instrumentIds, range });
  const come = new Set(stored.map(({ instrumentId, day }) => `${instrumentId} ${day}`));
  const isSettled = (id: number, day: number) =>
    come.has(`${id} ${day}`) || absent.get(id)?.some(([from, to]) => from <= day && day <= to) === true;
  const lacking = findings.filter(({ instrumentId, from, to }) =>
    sessionDaysBetween({ from, to }).some((day) => !isSettled(instrumentId, day)),
  );
  return new Set(lacking.map(({ id }) => id));
}

/** What is found of a whole-market answer as a whole; what an earlier one was found with is closed. */
async function keepDay(
  tx: Transaction,
  { source, runId }: BarOrigin,
  { marketDay, strangers = [] }: Loaded,
  findings: readonly Finding[],
): Promise<void> {
  if (marketDay === undefined) return;
  const { session } = marketDay;
  const found = strangersFinding(source, session, strangers);
  await recordFindings(tx, runId, found);
  const nobodys = findings.filter(
    ({ instrumentId, range }) => instrumentId === null && range.from === session,
  );
  const rules: readonly WayInRule[] = wayInRules;
  await closeFindingsOfDay(tx, runId, { rules, source, session }, [...found, ...nobodys]);
  if (nobodys.length === 0) await settleDayRows(tx, { source, session });
}
