import { blockedSum } from '../../domain/blocked.ts';
import { dayNumber } from '../../domain/date-range.ts';
import {
  coversWish,
  isFresh,
  type IndicatorState,
  type IndicatorWish,
} from '../../domain/indicator-freshness.ts';
import type { SessionDate } from '../../domain/session.ts';
import { countSessions, sessionsIn, type SessionDays } from '../../domain/session-days.ts';
import type { SourceName } from '../../domain/source.ts';
import { blockedRanges } from '../../store/blocked-fields.ts';
import { effectiveSplits, seriesDigests, type StoredDigest } from '../../store/bar-series.ts';
import type { Store } from '../../store/database.ts';
import { readStates } from '../../store/indicator-states.ts';
import type { StoredInstrument } from '../../store/instruments.ts';
import { expectedThrough, sessionDaysThrough } from './expected-days.ts';
import { listedUntil } from './listing.ts';

/** The states of series of which nothing is due: parameters, window, bars, splits and absences are as they were. */
export async function freshStates(
  { db }: Store,
  { source, instruments }: { readonly source: SourceName; readonly instruments: readonly StoredInstrument[] },
  wish: IndicatorWish,
): Promise<ReadonlyMap<number, IndicatorState>> {
  const instrumentIds = instruments.map(({ id }) => id);
  const states = await readStates(db, source, instrumentIds);
  const covered = [...states].filter(([, state]) => coversWish(state, wish));
  if (covered.length === 0) return new Map();
  const series = covered.map(([instrumentId, state]) => ({ instrumentId, through: state.computed.to }));
  const digests = await seriesDigests(db, source, series);
  const splits = await effectiveSplits(
    db,
    covered.map(([id]) => id),
  );
  const blocked = await blockedRanges(db, source, instrumentIds);
  const byId = new Map(instruments.map((instrument) => [instrument.id, instrument]));
  const calendar = sessionDaysThrough(
    series.reduce((latest, { through }) => (through > latest ? through : latest), ''),
  );
  return new Map(
    covered.filter(([id, state]) => {
      const [stored, instrument] = [digests.get(id), byId.get(id)];
      if (stored === undefined || instrument === undefined) return false;
      const expected = expectedSessions(calendar, instrument, { stored, through: state.computed.to });
      const absences = sessionsIn(calendar, stored.absent).length;
      const sum = blockedSum(blocked.get(id) ?? [], dayNumber(state.computed.to));
      return isFresh(state, wish, {
        digest: { ...stored, absences, expected, blockedSum: sum },
        splits: splits.get(id) ?? [],
      });
    }),
  );
}

/** How many sessions the bars of a series would have, had none been missed. */
function expectedSessions(
  calendar: SessionDays,
  instrument: StoredInstrument,
  { stored: { first, last }, through }: { readonly stored: StoredDigest; readonly through: SessionDate },
): number {
  const end = expectedThrough(listedUntil(instrument), dayNumber(last), dayNumber(through));
  return countSessions(calendar, dayNumber(first), end);
}
