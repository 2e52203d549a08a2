import { barsAt } from '../../domain/bar-columns.ts';
import { dayNumber } from '../../domain/date-range.ts';
import type { LoadError } from '../../domain/load-error.ts';
import { finalThrough } from '../../domain/finality.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { SourceName } from '../../domain/source.ts';
import type { MarketDayAnswer } from '../../providers/provider.ts';
import type { IncomingBars } from '../../store/bars/incoming-bars.ts';
import type { LackingBar } from '../../store/bar-lapses.ts';
import type { MarketDayLoad, MarketDayRequest } from '../../store/load-requests.ts';
import type { RejectedRow } from '../../store/rejected-rows.ts';
import { rejectedEvents } from '../evidence/rejected-events.ts';
import type { Bearer } from './market-day-bearers.ts';
import { foreignEvents, foreignFindings, type ForeignBars } from './foreign-evidence.ts';
import { conflictError, conflictEvent, type Loaded, type LoadVerdict } from './load-outcomes.ts';
import { quarantinedError } from './rejected-rows.ts';
import type { IsSettled } from './settled-records.ts';

/** What a whole-market answer is held against. */
interface MarketDayCircumstances {
  /** By ticker: several may have borne one, one after the other. */
  readonly loads: ReadonlyMap<string, readonly Bearer[]>;
  /** Symbols that this market lists and that trade every day. */
  readonly witnesses: readonly string[];
  /** It is the only session of the run: with its bar a load has all that it is for. */
  readonly isAll: boolean;
  /** Tickers of the answer that nobody bears. */
  readonly strangers: readonly string[];
  readonly isSettled: IsSettled;
}

/** What a whole-market answer means for the loads that it serves, by symbol: only their rows are kept. */
export function marketDayLoaded(
  source: SourceName,
  asked: MarketDayRequest,
  answer: MarketDayAnswer,
  { loads, witnesses, isAll, strangers, isSettled }: MarketDayCircumstances,
): Loaded {
  const { session, symbols, observedAt } = answer;
  const rows: number[] = [];
  const instrumentIds: number[] = [];
  const verdicts: LoadVerdict[] = [];
  const foreign: ForeignBars[] = [];
  const day = dayNumber(session);
  symbols.forEach((symbol, row) => {
    const load = bearerOn(day, loads.get(symbol));
    if (load === undefined) {
      const [other] = loads.get(symbol) ?? [];
      if (other !== undefined) foreign.push(foreignBar(source, answer, { load: other, row }));
      return;
    }
    const { loadId, instrumentId } = load;
    rows.push(row);
    instrumentIds.push(instrumentId);
    const status = isAll ? 'success' : 'running';
    verdicts.push({ loadId, instrumentId, symbol, records: 1, status, error: null });
  });
  const conflicts = answer.conflicts.filter(({ symbol }) => loads.has(symbol));
  for (const { symbol } of conflicts) {
    const load = bearerOn(day, loads.get(symbol));
    if (load !== undefined) verdicts.push(withoutRow(load, conflictError));
  }
  const rejected = answer.rejected.flatMap((row): readonly RejectedRow[] => {
    const load = bearerOn(day, loads.get(row.symbol ?? ''));
    if (load !== undefined && isSettled(load.instrumentId, row)) return [];
    if (load !== undefined) verdicts.push(withoutRow(load, quarantinedError));
    const whose = load === undefined ? {} : { instrumentId: load.instrumentId };
    return [{ ...row, ...whose, interval: '1d', observedAt }];
  });
  const refused = [...answer.conflicts, ...answer.rejected].map(({ symbol }) => symbol);
  const named = new Set([...symbols, ...refused]);
  // A row that does not say whose it is may be that of any symbol that lacks.
  const isSaid = !named.has(null);
  const witnessed = isSaid && witnesses.every((symbol) => named.has(symbol));
  return {
    request: { id: asked.id, requests: answer.requests, error: null },
    interval: '1d',
    asked: { from: session, to: session },
    strangers,
    bars: barsOfDay(source, answer, { rows, instrumentIds }),
    absences: [],
    verdicts,
    rejected,
    events: [...conflicts.map(conflictEvent), ...rejectedEvents(rejected), ...foreign.flatMap(foreignEvents)],
    findings: foreign.flatMap(foreignFindings),
    lacking: isSaid ? lackingBars(session, named, loads) : [],
    marketDay: { session, rowCount: symbols.length + answer.rejected.length, witnessed, observedAt },
  };
}

function barsOfDay(
  source: SourceName,
  { bars, observedAt }: MarketDayAnswer,
  { rows, instrumentIds }: { readonly rows: readonly number[]; readonly instrumentIds: readonly number[] },
): IncomingBars {
  return {
    bars: barsAt(bars, Int32Array.from(rows)),
    instrumentIds: Int32Array.from(instrumentIds),
    splitBasis: null,
    settledThrough: finalThrough(source, Date.parse(observedAt)),
    endpoint: 'market_day',
    observedAt,
  };
}

/** The session of each load whose ticker the answer does not name, of those that bore theirs then. */
function lackingBars(
  session: SessionDate,
  named: ReadonlySet<string | null>,
  loads: ReadonlyMap<string, readonly Bearer[]>,
): readonly LackingBar[] {
  const lacking: LackingBar[] = [];
  for (const [symbol, bearers] of loads) {
    const bearer = named.has(symbol) ? undefined : bearerOn(dayNumber(session), bearers);
    if (bearer !== undefined) lacking.push({ instrumentId: bearer.instrumentId, session });
  }
  return lacking;
}

/** A load whose row is none; other sessions of the run may bring more. */
function withoutRow({ loadId, instrumentId, symbol }: Bearer, error: LoadError): LoadVerdict {
  return { loadId, instrumentId, symbol, records: 0, status: 'running', error };
}

/** Who bore a ticker on a day; undefined where none of these can have. */
function bearerOn(day: number, bearers: readonly Bearer[] = []): Bearer | undefined {
  return bearers.find(({ firstDay, lastDay }) => day >= firstDay && day <= lastDay);
}

function foreignBar(
  source: SourceName,
  { bars }: MarketDayAnswer,
  { load, row }: { readonly load: MarketDayLoad; readonly row: number },
): ForeignBars {
  return { ...load, source, interval: '1d', bars: barsAt(bars, Int32Array.of(row)) };
}
