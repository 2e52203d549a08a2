import type { DailyBar } from '../../domain/bar.ts';
import { dayNumber, type DateRange } from '../../domain/date-range.ts';
import type { SessionDate } from '../../domain/session.ts';
import { actedMarket } from './acted-market.ts';
import { movingActions, quarterlyDividends } from './generated-actions.ts';
import { generateInstruments, type GeneratedInstrument } from './generated-instruments.ts';
import {
  bySymbol,
  isListedOn,
  type MarketRow,
  type MarketSource,
  type SessionCalendar,
} from './market-source.ts';
import { barOf, closeOf } from './price-model.ts';
import { hashCell } from './seeded-hash.ts';
import { createSessionIndex, type SessionDay } from './session-index.ts';
import type { SimulatedAction } from './simulated-action.ts';

/** Polygon's history begins here, and so does this one. */
export const firstGeneratedSession = '2003-09-10';
const absenceSalt = 211;

/** A market that is a function of its seed: the same ticker has the same bars whatever the number of symbols. */
export function generatedMarket({
  symbols,
  seed,
  calendar,
}: {
  readonly symbols: number;
  readonly seed: number;
  readonly calendar: SessionCalendar;
}): MarketSource {
  const sessions = createSessionIndex(calendar);
  const toSession = (date: SessionDate) => sessions.onOrAfter(date)?.session ?? date;
  const instruments = [...generateInstruments(symbols, seed)].sort(bySymbol);
  const known = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));

  function previousDay(session: SessionDate): number {
    return sessions.previous(session)?.day ?? dayNumber(session);
  }

  const actionsOf =
    (...kinds: readonly (typeof movingActions)[]) =>
    (symbol: string): readonly SimulatedAction[] => {
      const instrument = known.get(symbol);
      return instrument === undefined ? [] : kinds.flatMap((kind) => kind(instrument, toSession));
    };

  const continuous: MarketSource = {
    instruments,
    find: (symbol) => known.get(symbol),

    bars(symbol, range) {
      const instrument = known.get(symbol);
      if (instrument === undefined) return [];
      return seriesOf(instrument, sessions.between(tradedPart(instrument, range)), previousDay);
    },

    marketDay(session) {
      if (session < firstGeneratedSession || !sessions.includes(session)) return [];
      const day = dayNumber(session);
      const dayBefore = previousDay(session);
      const rows: MarketRow[] = [];
      for (const instrument of instruments) {
        if (!isListedOn(instrument, session) || skips(instrument, day)) continue;
        const { symbol, model } = instrument;
        rows.push({ symbol, bar: barOf(model, session, day, closeOf(model, dayBefore)) });
      }
      return rows;
    },

    actions: () => [],
    opensAtMs: sessions.opensAtMs,
    closesAtMs: sessions.closesAtMs,
    sessionUpTo: sessions.sessionUpTo,
  };
  return actedMarket(continuous, {
    moving: actionsOf(movingActions),
    all: actionsOf(movingActions, quarterlyDividends),
  });
}

function tradedPart({ listedOn, delistedOn }: GeneratedInstrument, { from, to }: DateRange): DateRange {
  const first = listedOn !== null && listedOn > firstGeneratedSession ? listedOn : firstGeneratedSession;
  return {
    from: from > first ? from : first,
    to: delistedOn !== null && delistedOn < to ? delistedOn : to,
  };
}

function seriesOf(
  instrument: GeneratedInstrument,
  sessions: readonly SessionDay[],
  previousDay: (session: SessionDate) => number,
): readonly DailyBar[] {
  const [first] = sessions;
  if (first === undefined) return [];
  const bars: DailyBar[] = [];
  let previousClose = closeOf(instrument.model, previousDay(first.session));
  for (const { session, day } of sessions) {
    const bar = barOf(instrument.model, session, day, previousClose);
    previousClose = bar.close;
    if (!skips(instrument, day)) bars.push(bar);
  }
  return bars;
}

/** An illiquid instrument does not trade on about one session in eight. */
function skips({ illiquid, model }: GeneratedInstrument, day: number): boolean {
  return illiquid && hashCell(model.hash, day, absenceSalt) % 8 === 0;
}
