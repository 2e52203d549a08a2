import { lastClosedSession } from '../../calendar/exchange-calendar.ts';
import type { DateRange } from '../../domain/date-range.ts';
import type { Interval } from '../../domain/interval.ts';
import { sources, sourcesWith, usualSource, type SourceName } from '../../domain/source.ts';
import type { Database } from '../../store/database.ts';
import type { StoredInstrument } from '../../store/instruments.ts';
import { daysWithAnyBar, firstSessionOf } from '../../store/stored-days.ts';
import { wishedInstruments } from '../planning/wished-instruments.ts';

/** What is looked over; null: what the scheduled runs are responsible for. */
export interface CoverageWish {
  readonly instruments: readonly StoredInstrument[] | null;
  /** Null: from the first stored session to the last closed one. */
  readonly range: DateRange | null;
  readonly source: SourceName | null;
  readonly interval: Interval;
  /** Epoch milliseconds: what was final by then can be asked for. */
  readonly nowMs: number;
}

/** Instruments of one source and interval, and the range that is looked over. */
export interface CoveredSeries {
  readonly source: SourceName;
  readonly interval: Interval;
  readonly range: DateRange;
  readonly instruments: readonly StoredInstrument[];
}

/** Whose cells a wish means, by source; a source of which nothing is stored has no range of its own. */
export async function coveredSeries(db: Database, wish: CoverageWish): Promise<readonly CoveredSeries[]> {
  const { source: named, interval } = wish;
  const among = named === null ? sourcesWith(({ intervals }) => interval in intervals) : [named];
  const covered: CoveredSeries[] = [];
  for (const source of among) {
    const range = wish.range ?? (await storedRange(db, { source, interval }, wish.nowMs));
    if (range === null) continue;
    const instruments = await instrumentsOf(db, wish, { source, range });
    covered.push({ source, interval, range, instruments });
  }
  return covered;
}

/** From the first stored session to the last closed one; null: nothing is stored. */
async function storedRange(
  db: Database,
  series: Pick<CoveredSeries, 'source' | 'interval'>,
  nowMs: number,
): Promise<DateRange | null> {
  const from = await firstSessionOf(db, series);
  const to = lastClosedSession(new Date(nowMs)).session;
  return from === null ? null : { from, to: from > to ? from : to };
}

async function instrumentsOf(
  db: Database,
  { instruments, source: named, interval }: CoverageWish,
  { source, range }: Pick<CoveredSeries, 'source' | 'range'>,
): Promise<readonly StoredInstrument[]> {
  if (instruments !== null && named !== null) return instruments;
  const wished = await wishedInstruments(db, { source, range });
  if (instruments === null) return wished.flatMap(({ instrument }) => instrument ?? []);
  const responsible = new Set(wished.map(({ instrument }) => instrument?.id));
  const instrumentIds = instruments.map(({ id }) => id);
  const stored = await daysWithAnyBar(db, { instrumentIds, source, interval }, range);
  // A symbol that nobody is responsible for is still somebody's to ask.
  const isAnyones = source === usualSource[interval] && sources[source].universe === 'listed';
  return instruments.filter(({ id }) => isAnyones || responsible.has(id) || stored.has(id));
}
