import { knownSessionDays } from '../../calendar/exchange-calendar.ts';
import { BarBuilder } from '../../domain/bar-builder.ts';
import { dayNumber } from '../../domain/date-range.ts';
import { exchangeDay } from '../../domain/exchange-time.ts';
import { isIntraday } from '../../domain/interval.ts';
import type { StorableBar } from '../../domain/quarantine.ts';
import type { QualityRule } from '../../domain/quality-rule.ts';
import type { SessionDate } from '../../domain/session.ts';
import { sources } from '../../domain/source.ts';
import { writeAbsences } from '../../store/absences.ts';
import type { BarOrigin, IncomingBars } from '../../store/bars/incoming-bars.ts';
import { recordFindings } from '../../store/findings.ts';
import { cellFindings, sayOfFinding, type SaidOfFinding } from '../../store/say-of-finding.ts';
import { hasPrices } from '../../store/stored-prices.ts';
import type { Transaction } from '../../store/transaction.ts';
import { writeBars } from '../../store/write-bars.ts';
import { judgeStoredCells } from './judge-stored-cells.ts';

/** A record that a person says is right. */
export interface ReleasedRecord {
  readonly instrumentId: number;
  readonly session: SessionDate;
  /** When a bar begins that is shorter than its session, ISO 8601. */
  readonly opensAt: string | null;
  readonly bar: StorableBar;
  /** When the source answered with it, ISO 8601. */
  readonly observedAt: string;
}

/** What one bar shows alone: of one that is known to be right it is not said again. */
const rules: readonly QualityRule[] = ['no_price', 'inconsistent'];

/**
 * Stores a record as the bar of its cell, for good, and accepts in the person's name what rules find of it. False: the source
 * has told another bar since, which stays.
 */
export async function releaseRecord(
  tx: Transaction,
  origin: BarOrigin,
  record: ReleasedRecord,
  said: Omit<SaidOfFinding, 'status'>,
): Promise<boolean> {
  const { instrumentId, session, bar } = record;
  const bars = [incomingBar(origin, record)];
  await writeBars(tx, origin, bars);
  if (!(await hasPrices(tx, origin, { ...record, ...bar }))) return false;
  await writeAbsences(tx, origin, { bars, absences: [] }, knownSessionDays);
  if (isIntraday(origin.interval)) return true;
  const findings = await judgeStoredCells(tx, origin.source, [{ instrumentId, session }], rules);
  await recordFindings(tx, origin.runId, findings);
  const cell = { ...origin, instrumentId, session, rules: findings.map(({ rule }) => rule) };
  for (const id of await cellFindings(tx, cell)) await sayOfFinding(tx, id, { ...said, status: 'accepted' });
  return true;
}

/** As if it had been believed: with prices of a source that adjusts them, adjusted up to when it was observed. */
function incomingBar(
  { source }: BarOrigin,
  { instrumentId, session, opensAt, bar, observedAt }: ReleasedRecord,
): IncomingBars {
  const builder = new BarBuilder({ intraday: opensAt !== null });
  const row = builder.add();
  builder.day[row] = dayNumber(session);
  if (builder.opensAtMs !== null && opensAt !== null) builder.opensAtMs[row] = Date.parse(opensAt);
  builder.open[row] = bar.open;
  builder.high[row] = bar.high;
  builder.low[row] = bar.low;
  builder.close[row] = bar.close;
  builder.volume[row] = bar.volume;
  builder.vwap[row] = bar.vwap;
  builder.trades[row] = bar.trades;
  const isAdjusted = sources[source].prices === 'split_adjusted';
  return {
    bars: builder.bars(),
    instrumentIds: Int32Array.of(instrumentId),
    splitBasis: isAdjusted ? Int32Array.of(exchangeDay(Date.parse(observedAt))) : null,
    settledThrough: dayNumber(session),
    endpoint: 'series',
    observedAt,
  };
}
