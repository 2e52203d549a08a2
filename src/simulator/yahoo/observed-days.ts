import type { DailyBar } from '../../domain/bar.ts';
import { dayNumber, type DateRange } from '../../domain/date-range.ts';
import type { SessionDate } from '../../domain/session.ts';
import { cumulated, factorAt } from '../market/cumulative-steps.ts';
import { companyOf, type MarketInstrument } from '../market/market-source.ts';
import type { Moment } from '../market/moment.ts';
import { hashText } from '../market/seeded-hash.ts';
import { ratioOf } from '../market/simulated-action.ts';
import { hoursOfDay, hoursUntil, type HourBar } from './hours-of-day.ts';
import type { YahooContext } from './yahoo-context.ts';
import { yahooApplies } from './yahoo-listing.ts';

/** A day as Yahoo has it now. */
export interface ObservedDay {
  readonly session: SessionDate;
  readonly opensAtMs: number;
  readonly closesAtMs: number;
  /** As traded, so far; volume as Yahoo counts shares. */
  readonly bar: DailyBar;
  /** Yahoo's prices are those of the bar divided by it. */
  readonly ratio: number;
}

/** Yahoo's days of one instrument at one moment. */
export interface ObservedDays {
  /** Sessions of a range that have begun, oldest first. */
  between(range: DateRange): readonly ObservedDay[];
  /** The hours of a day that have begun. */
  hoursOf(day: ObservedDay): readonly HourBar[];
  /** By how much Yahoo's prices of a session are adjusted. */
  ratioAt(session: SessionDate): number;
}

/** Yahoo adjusts for every split it knows, whatever range is asked for. */
export function observeDays(
  instrument: MarketInstrument,
  { source }: Pick<YahooContext, 'source'>,
  moment: Moment,
): ObservedDays {
  const { symbol, illiquid = false } = instrument;
  const hash = hashText(1, companyOf(instrument));
  const steps = cumulated(
    source
      .actions(symbol)
      .filter(({ amount }) => amount === null)
      .map((action) => ({ exDate: action.exDate, factor: ratioOf(action) ** yahooApplies(action, moment) })),
  );
  const ratioAt = (session: SessionDate) => factorAt(steps, session);

  function wholeDay(bar: DailyBar): ObservedDay {
    const { session, volume } = bar;
    const ratio = ratioAt(session);
    return {
      session,
      opensAtMs: source.opensAtMs(session),
      closesAtMs: source.closesAtMs(session),
      bar: { ...bar, volume: Math.max(1, Math.round(volume * ratio)) },
      ratio,
    };
  }

  const wholeHours = ({ session, opensAtMs, closesAtMs, bar }: ObservedDay) =>
    hoursOfDay({ opensAtMs, closesAtMs, bar, hash, day: dayNumber(session), illiquid });

  /** What has been seen of a day that is not over; nothing before its first trade. */
  function soFar(day: ObservedDay): readonly ObservedDay[] {
    if (day.closesAtMs <= moment.nowMs) return [day];
    const hours = hoursUntil(wholeHours(day), moment.nowMs);
    const [first, last] = [hours[0], hours.at(-1)];
    if (first === undefined || last === undefined) return [];
    const bar = {
      ...day.bar,
      open: first.open,
      high: Math.max(...hours.map(({ high }) => high)),
      low: Math.min(...hours.map(({ low }) => low)),
      close: last.close,
      volume: hours.reduce((sum, { volume }) => sum + volume, 0),
    };
    return [{ ...day, bar }];
  }

  return {
    ratioAt,
    between({ from, to }) {
      const until = to < moment.today ? to : moment.today;
      return from > until ? [] : source.bars(symbol, { from, to: until }).map(wholeDay).flatMap(soFar);
    },
    hoursOf(day) {
      if (day.closesAtMs <= moment.nowMs) return wholeHours(day);
      const [whole] = source.bars(symbol, { from: day.session, to: day.session });
      return whole === undefined ? [] : hoursUntil(wholeHours(wholeDay(whole)), moment.nowMs);
    },
  };
}
