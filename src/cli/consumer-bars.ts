import type { DateRange } from '../domain/date-range.ts';
import { sourceNames } from '../domain/source.ts';
import { adjustedThrough, type Adjustment } from '../store/adjusted-bars.ts';
import type { AsOf } from '../store/as-of.ts';
import { blockedSessions, readConsumerBars } from '../store/consumer-bars.ts';
import type { Database } from '../store/database.ts';
import type { StoredInstrument } from '../store/instruments.ts';
import { consumer } from './consumer-columns.ts';
import { notKnownOfAny, type NotKnown } from './not-known.ts';
import type { BarsOfSymbol } from './print-bars.ts';
import { beginnings, withOpens } from './session-opens.ts';

interface ConsumerWish {
  readonly range: DateRange;
  readonly adjust: Adjustment;
  readonly asOf: AsOf;
  readonly mark: string;
}

/** The consumer series of instruments, and what is left out of each. */
export async function readConsumerSeries(
  db: Database,
  instruments: readonly Pick<StoredInstrument, 'id'>[],
  { range, adjust, asOf, mark }: ConsumerWish,
): Promise<ReadonlyMap<number, Omit<BarsOfSymbol, 'symbol'>>> {
  const interval = '1d' as const;
  const instrumentIds = instruments.map(({ id }) => id);
  const bars = await readConsumerBars(db, { instrumentIds, range, adjust, asOf });
  const blocked = await blockedSessions(db, { instrumentIds, range, asOf });
  const through = await adjustedThrough(db, beginnings(bars, range), { adjust, asOf });
  const [first, ...others] = sourceNames.map((source) => ({ instrumentIds, source, interval }));
  const unknown =
    first === undefined
      ? new Map<number, NotKnown>()
      : await notKnownOfAny(db, [first, ...others], { range, asOf });
  return new Map(
    instrumentIds.map((id) => [
      id,
      {
        ...{ source: consumer, interval, adjust, asOf, mark },
        bars: withOpens(bars.get(id) ?? [], range),
        adjustedThrough: through.get(id) ?? null,
        withheld: whyNone(blocked.get(id) ?? []),
        notKnown: unknown.get(id) ?? [],
      },
    ]),
  );
}

function whyNone(sessions: readonly string[]): readonly string[] {
  const [first] = sessions;
  if (first === undefined) return [];
  const which =
    sessions.length === 1 ? `the session ${first} is` : `${sessions.length} sessions from ${first} on are`;
  return [`${which} left out: every source's bar has an open error (barwright quality --severity error)`];
}
