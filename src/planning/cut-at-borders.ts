import { addDays, type DateRange } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import type { RequestPlan, SeriesPlan } from './plan-requests.ts';

/** The days on which an instrument bore a ticker; `to` null: to this day. */
export interface TickerDays {
  readonly ticker: string;
  readonly from: SessionDate;
  readonly to: SessionDate | null;
}

/** A request for one series, or for what of it lies under one ticker. */
export interface CutRequest extends SeriesPlan {
  /** What to ask for; null: the ticker of today. */
  readonly ticker: string | null;
}

export interface CutPlan extends Omit<RequestPlan, 'seriesRequests'> {
  readonly seriesRequests: readonly CutRequest[];
}

/**
 * Cuts the requests of a plan where their instruments changed tickers: each part is asked under the ticker of its days.
 * Terms are by request, oldest first; what lies before the first is asked under that, and what lies between two is nobody's.
 */
export function cutAtBorders(plan: RequestPlan, termsOf: (id: number) => readonly TickerDays[]): CutPlan {
  const cut = plan.seriesRequests.map((request) => partsOf(request, termsOf(request.id)));
  const more = cut.reduce((sum, parts) => sum + parts.length - 1, 0);
  const { total, wholeMarket, perSeries } = plan.requests;
  return {
    ...plan,
    seriesRequests: cut.flat(),
    requests: { wholeMarket, total: total + more, perSeries: perSeries + more },
  };
}

function partsOf({ id, from, to }: SeriesPlan, terms: readonly TickerDays[]): readonly CutRequest[] {
  if (terms.length === 0) return [{ id, from, to, ticker: null }];
  const parts: CutRequest[] = [];
  for (const [at, term] of terms.entries()) {
    const next = terms[at + 1];
    const ends = next === undefined ? to : (term.to ?? addDays(next.from, -1));
    const range: DateRange = {
      from: at === 0 || from > term.from ? from : term.from,
      to: to < ends ? to : ends,
    };
    const last = parts.at(-1);
    if (range.from > range.to) continue;
    if (last?.ticker === term.ticker) parts[parts.length - 1] = { ...last, to: range.to };
    else parts.push({ id, ...range, ticker: term.ticker });
  }
  return parts;
}
