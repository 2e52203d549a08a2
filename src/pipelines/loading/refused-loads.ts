import { barsAt } from '../../domain/bar-columns.ts';
import type { LoadError } from '../../domain/load-error.ts';
import type { IncomingBars } from '../../store/bars/incoming-bars.ts';
import type { RunEvent } from '../../store/run-events.ts';
import type { Loaded, LoadVerdict } from './load-outcomes.ts';

/**
 * What is left to write of a request of which nothing can be stored: that its loads fail, and why. Of the whole market,
 * the request alone fails: its loads may have more to come.
 */
export function allRefused({ request, interval, verdicts, marketDay }: Loaded, error: LoadError): Loaded {
  const [only] = verdicts;
  const whose = marketDay === undefined && only !== undefined ? { symbol: only.symbol } : {};
  const message =
    marketDay === undefined ? error.message : `the market day ${marketDay.session} failed: ${error.message}`;
  return {
    request: { ...request, error },
    interval,
    bars: null,
    absences: [],
    verdicts: marketDay === undefined ? verdicts.map((verdict) => failed(verdict, error)) : [],
    events: [{ level: 'error', ...whose, message, data: error }],
    rejected: [],
  };
}

function failed(verdict: LoadVerdict, error: LoadError): LoadVerdict {
  return { ...verdict, records: 0, status: 'failed', error };
}

/** A whole-market answer without the rows of some instruments, whose loads say why. */
export function withoutInstruments(loaded: Loaded, refused: ReadonlyMap<number, LoadError>): Loaded {
  const rest = ofInstruments(loaded, (id) => id === null || !refused.has(id));
  const gone = loaded.verdicts.flatMap((verdict): readonly LoadVerdict[] => {
    const error = refused.get(verdict.instrumentId);
    // Other sessions of the run may bring more.
    return error === undefined ? [] : [{ ...verdict, records: 0, status: 'running', error }];
  });
  const events = gone.map(({ symbol, error }): RunEvent => {
    const message = `${loaded.marketDay?.session ?? ''} ${error?.message ?? ''}`.trim();
    return { level: 'error', symbol, message, ...(error === null ? {} : { data: error }) };
  });
  return { ...rest, verdicts: [...rest.verdicts, ...gone], events: [...rest.events, ...events] };
}

/** What an answer brings for some instruments; what is of none is asked about as null. */
export function ofInstruments(loaded: Loaded, keep: (instrumentId: number | null) => boolean): Loaded {
  const isKept = ({ instrumentId = null }: { readonly instrumentId?: number | null }) => keep(instrumentId);
  const { bars, verdicts, absences, rejected, findings = [] } = loaded;
  return {
    ...loaded,
    bars: bars === null ? null : barsOfInstruments(bars, keep),
    verdicts: verdicts.filter(isKept),
    absences: absences.filter(isKept),
    rejected: rejected.filter(isKept),
    findings: findings.filter(isKept),
  };
}

function barsOfInstruments(incoming: IncomingBars, keep: (instrumentId: number) => boolean): IncomingBars {
  const { bars, instrumentIds, splitBasis } = incoming;
  const rows = Int32Array.from(instrumentIds.keys()).filter((row) => keep(instrumentIds[row] ?? NaN));
  const at = (column: Int32Array) => rows.map((row) => column[row] ?? NaN);
  return {
    ...incoming,
    bars: barsAt(bars, rows),
    instrumentIds: at(instrumentIds),
    splitBasis: splitBasis === null ? null : at(splitBasis),
  };
}
