import type { Interval } from '../../domain/interval.ts';
import { addDays, type DateRange } from '../../domain/date-range.ts';
import { exchangeInstant } from '../../domain/exchange-time.ts';
import type { InstrumentReference } from '../../domain/instrument.ts';
import type { Session, SessionDate } from '../../domain/session.ts';
import { SymbolNotFound } from '../../domain/provider-errors.ts';
import type { RequestOptions, SeriesWish } from '../provider.ts';
import type { YahooSeries } from './answers.ts';
import type { CookieSession, CountedAnswer } from './cookie-session.ts';
import { daysBefore } from './days-before.ts';
import { parseReference } from './parse-reference.ts';
import { parseSeries } from './parse.ts';
import { yahooSymbol } from './symbols.ts';
import { chartAnswer, conform, granularities, type WireChart } from './wire.ts';

interface ChartDeps {
  readonly session: CookieSession;
  readonly now: () => Date;
  /** The sessions of New York: what is on none of them is no bar. */
  readonly sessionsBetween: (range: DateRange) => readonly Session[];
}

/** Long enough that a listed instrument has traded. */
const lookUpDays = 30;

/** A symbol's bars of a range, with its events. Throws a `ProviderError`. */
export async function yahooSeries(
  { session, sessionsBetween }: ChartDeps,
  { symbol, wish }: { readonly symbol: string; readonly wish: SeriesWish },
  options: RequestOptions,
): Promise<YahooSeries> {
  const written = yahooSymbol(symbol);
  const { from, to } = wish.range;
  const period = { period1: midnight(from), period2: midnight(addDays(to, 1)) };
  const { chart, requests, observedAt } = await readChart(
    session,
    { symbol, written, interval: wish.interval, ...period },
    options,
  );
  const circumstances = { symbol, written, wish, sessionsBetween, observedAt };
  return { ...parseSeries(chart, circumstances), requests, observedAt };
}

/** What a symbol's chart says of its instrument; null when Yahoo knows no such symbol. Throws a `ProviderError`. */
export async function yahooInstrument(
  { session, now }: ChartDeps,
  symbol: string,
  options: RequestOptions,
): Promise<InstrumentReference | null> {
  const written = yahooSymbol(symbol);
  const period = { period1: daysBefore(now(), lookUpDays), period2: now() };
  try {
    const { chart } = await readChart(session, { symbol, written, interval: '1d', ...period }, options);
    return chart === null ? null : parseReference(chart, { symbol, written });
  } catch (error) {
    if (error instanceof SymbolNotFound) return null;
    throw error;
  }
}

interface ChartQuestion {
  readonly symbol: string;
  /** As Yahoo writes it. */
  readonly written: string;
  readonly interval: Interval;
  readonly period1: Date;
  readonly period2: Date;
}

async function readChart(
  session: CookieSession,
  { symbol, written, interval, period1, period2 }: ChartQuestion,
  options: RequestOptions,
): Promise<Omit<CountedAnswer, 'body'> & { readonly chart: WireChart | null }> {
  const query = { period1, period2, interval: granularities[interval] };
  const { body, ...rest } = await session.ask(
    symbol,
    (client, module) =>
      client.chart(
        encodeURIComponent(written),
        // As objects, since the library's lists print what does not fit.
        { ...query, includePrePost: false, events: 'div|split|capitalGain', return: 'object' },
        module,
      ),
    options,
  );
  return { chart: body === null ? null : conform(chartAnswer, body).chart.result[0], ...rest };
}

function midnight(date: SessionDate): Date {
  return new Date(exchangeInstant(date, 0));
}
