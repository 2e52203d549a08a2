import { addDays, isCalendarDate } from '../../domain/date-range.ts';
import type { FaultHit } from './fault-rules.ts';
import type { Fault, FaultOf } from './fault-script.ts';
import { at, isFields, type Fields } from './json-fields.ts';

/** What is told of tickers: the entries of a list, one alone, or the events of a company. */
interface ToldTickers {
  readonly entries: readonly Fields[];
  readonly isMeant: (entry: Fields) => boolean;
}

/** What each fault leaves of the entries. */
const distortions: {
  readonly [Kind in Fault['kind']]?: (told: ToldTickers, fault: FaultOf<Kind>) => readonly Fields[];
} = {
  shortList: ({ entries }, { fraction }) =>
    entries.filter((_, index) => Math.floor((index + 1) * fraction) > Math.floor(index * fraction)),
  missingTicker: ({ entries, isMeant }) => entries.filter((entry) => !isMeant(entry)),
  missingFigi: ({ entries, isMeant }) =>
    entries.map((entry) => (isMeant(entry) ? without(entry, 'composite_figi') : entry)),
  movedEvent: ({ entries }, { days, ticker }) =>
    entries.map((event) => {
      const { date } = event;
      const isMeant = ticker === undefined || at(event, 'ticker_change', 'ticker') === ticker;
      return isMeant && typeof date === 'string' && isCalendarDate(date)
        ? { ...event, date: addDays(date, days) }
        : event;
    }),
};

/** True when the fault changes what is told of tickers. */
export function distortsReference({ fault }: FaultHit): boolean {
  return fault.kind in distortions;
}

/** The text of an answer about tickers after the fault. */
export function distortReference(text: string, { fault, match }: FaultHit): string {
  const distortion = distortions[fault.kind] as
    ((told: ToldTickers, fault: Fault) => readonly Fields[]) | undefined;
  const body: unknown = JSON.parse(text);
  if (distortion === undefined || !isFields(body)) return text;
  const isMeant = ({ ticker }: Fields) => match.symbol === undefined || match.symbol === ticker;
  const { results } = body;
  const retold = (entries: readonly unknown[]) =>
    distortion({ entries: entries.filter(isFields), isMeant }, fault);
  if (Array.isArray(results)) {
    const kept = retold(results);
    return JSON.stringify({ ...body, results: kept, count: kept.length });
  }
  if (!isFields(results)) return text;
  const { events } = results;
  const told = Array.isArray(events) ? { ...results, events: retold(events) } : retold([results])[0];
  return JSON.stringify({ ...body, results: told });
}

function without(fields: Fields, name: string): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([own]) => own !== name));
}
