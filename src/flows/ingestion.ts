import { sessionsOf } from '../runs/run-sessions.ts';
import type { IngestionRequest } from '../runs/ingestion-request.ts';
import type { RunCalendar, RunSessions } from '../runs/run.ts';

/** What all flows that bring bars have in common. */
export const bringsBars = {
  sessions: (request: IngestionRequest, calendar: RunCalendar) => sessionsOf(request, calendar),
  span: (_: IngestionRequest, { range }: RunSessions) => range,
  identity({ nominalTime, sessions, ...parameters }: IngestionRequest): object {
    return parameters;
  },
};

interface SymbolParameters {
  readonly symbols?: readonly string[] | undefined;
  readonly maxSymbols?: number | undefined;
}

/** Whose bars, without what is not said; a symbol twice is one. */
export function symbolsAsked({ symbols, maxSymbols }: SymbolParameters) {
  return {
    ...(symbols === undefined ? {} : { symbols: [...new Set(symbols)] }),
    ...(maxSymbols === undefined ? {} : { maxSymbols }),
  };
}

/** Nothing beside bars. */
export const barsAlone = { includeFundamentals: false, includeKeyStatistics: false };
