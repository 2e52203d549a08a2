import { sessionsOf } from '../runs/run-sessions.ts';
import type { IngestionRequest } from '../runs/ingestion-request.ts';
import type { RunCalendar, RunSessions } from '../runs/run.ts';

/** What all flows that bring bars have in common. */
export const bringsBars = {
  sessions: (request: IngestionRequest, calendar: RunCalendar) => sessionsOf(request, calendar),
  /** Of sessions due at a time, the last one alone. */
  span: ({ sessions }: IngestionRequest, { range }: RunSessions) =>
    'range' in sessions ? range : { from: range.to, to: range.to },
  /** Whether it looks for corrections makes no other run of it: a person's and the schedule's are one. */
  identity({ nominalTime, sessions, revisionSessions, ...parameters }: IngestionRequest): object {
    if ('daysBack' in sessions) return { ...parameters, daysBack: sessions.daysBack };
    return 'finalSessions' in sessions
      ? { ...parameters, finalSessions: sessions.finalSessions }
      : parameters;
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

/** Whether what is believed to have no bar is doubted, without what is not said. */
export function doubtsOf({ doubtSilence }: { readonly doubtSilence: boolean }) {
  return doubtSilence ? { doubtSilence } : {};
}

/** Nothing beside bars. */
export const barsAlone = { includeFundamentals: false, includeKeyStatistics: false };
