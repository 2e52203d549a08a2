import { cumulated, factorAt } from '../market/cumulative-steps.ts';
import type { Moment } from '../market/moment.ts';
import { rounded } from '../market/price-model.ts';
import type { SimulatedAction } from '../market/simulated-action.ts';
import type { ChartQuery } from './chart-query.ts';
import { singlePrecision } from './chart-rows.ts';
import type { ObservedDay, ObservedDays } from './observed-days.ts';
import type { YahooContext } from './yahoo-context.ts';
import { yahooLists } from './yahoo-listing.ts';

interface Happening {
  readonly action: SimulatedAction;
  /** Epoch seconds. */
  readonly at: number;
}

/** `"events":{...},` of the actions inside the range that were asked for; empty text where there are none. */
export function eventsText(
  actions: readonly SimulatedAction[],
  query: ChartQuery,
  observed: ObservedDays,
  { source }: Pick<YahooContext, 'source'>,
  moment: Moment,
): string {
  const inRange = actions
    .filter((action) => yahooLists(action, moment))
    .flatMap((action): readonly Happening[] => instantsOf(action, source).map((at) => ({ action, at })))
    .filter(({ at }) => at * 1000 >= query.fromMs && at * 1000 < query.toMs);
  const kinds: Record<string, string> = {};
  if (query.events.has('div')) {
    kinds['dividends'] = keyed(
      inRange,
      ({ kind }) => kind === 'cash_dividend',
      (action, at) => {
        const amount = rounded((action.amount ?? 0) / observed.ratioAt(action.exDate), 1_000_000);
        return `{"amount":${amount},"date":${at}}`;
      },
    );
  }
  if (query.events.has('split')) {
    kinds['splits'] = keyed(
      inRange,
      ({ terms }) => terms !== null,
      ({ terms }, at) => {
        const { to, from } = terms ?? { to: 1, from: 1 };
        return `{"date":${at},"numerator":${to},"denominator":${from},"splitRatio":"${to}:${from}"}`;
      },
    );
  }
  const present = Object.entries(kinds).filter(([, text]) => text !== '');
  if (present.length === 0) return '';
  return `"events":{${present.map(([kind, text]) => `"${kind}":{${text}}`).join(',')}},`;
}

function keyed(
  happenings: readonly Happening[],
  isOfKind: (action: SimulatedAction) => boolean,
  textOf: (action: SimulatedAction, at: number) => string,
): string {
  return happenings
    .filter(({ action }) => isOfKind(action))
    .map(({ action, at }) => `"${at}":${textOf(action, at)}`)
    .join(',');
}

/** At the session's open; a duplicate has another instant of the same date, since instants are the keys. */
function instantsOf({ exDate, news }: SimulatedAction, source: YahooContext['source']): readonly number[] {
  const at = source.opensAtMs(exDate) / 1000;
  return news.duplicate === true ? [at, at + 1800] : [at];
}

/** The closes with every dividend up to now taken out of them, as text. */
export function adjustedCloses(
  symbol: string,
  days: readonly ObservedDay[],
  actions: readonly SimulatedAction[],
  { cashFactor }: Pick<YahooContext, 'cashFactor'>,
  moment: Moment,
): readonly string[] {
  const first = days[0]?.session ?? '';
  const steps = cumulated(
    actions
      .filter((action) => action.amount !== null && action.exDate > first && yahooLists(action, moment))
      .map((action) => ({ exDate: action.exDate, factor: cashFactor(symbol, action) })),
  );
  return days.map(({ session, bar, ratio }) =>
    singlePrecision((bar.close / ratio) * factorAt(steps, session)),
  );
}
