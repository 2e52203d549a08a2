import { z } from 'zod';
import { isCalendarDate } from '../../domain/date-range.ts';
import type { Interval } from '../../domain/interval.ts';
import { MalformedResponse } from '../../domain/provider-errors.ts';
import { isCash, isPossibleSplit } from '../../domain/possible-action.ts';
import { isStorable } from '../../domain/storable-text.ts';

/** What Yahoo sends, as far as it is used; fields that are not named here may come and go. */

/** Yahoo's names of the intervals. */
export const granularities = { '1d': '1d', '1h': '1h' } as const satisfies Readonly<Record<Interval, string>>;

/** Lists of one; more would be news. */
const first = <T extends z.ZodType>(item: T) => z.tuple([item], z.unknown());
/** Values are many: they are looked at one by one, where rows are made of them. */
const column = z.custom<readonly unknown[]>(Array.isArray);
const text = z.string().nullish();
/** What is only shown: where it is wrong, it is not told. */
const shown = z.string().refine(isStorable).nullish().catch(null);
/** Epoch seconds, up to the year 2286. */
const instantsEnd = 1e10;
const instant = z.number().refine(isInstant);
const told = instant.nullish().catch(null);

/** Whether a value is a moment: epoch seconds. */
export function isInstant(value: unknown): value is number {
  return typeof value === 'number' && value > -instantsEnd && value < instantsEnd;
}

export const paymentEvent = z.object({ date: instant, amount: z.number().refine(isCash), currency: shown });
export const splitEvent = z
  .object({ date: instant, numerator: z.number().positive(), denominator: z.number().positive() })
  .refine(({ numerator: after, denominator: before }) => isPossibleSplit({ after, before }), {
    path: ['numerator'],
  });
/** Yahoo keys events by the epoch second of some row, which need not be that of the event. */
const events = z
  .record(z.string(), z.unknown())
  .transform((keyed): readonly unknown[] => Object.values(keyed))
  .nullish();

const meta = z.object({
  symbol: z.string(),
  currency: z.string().refine(isStorable).nullish(),
  exchangeName: shown,
  instrumentType: shown,
  longName: shown,
  shortName: shown,
  firstTradeDate: told,
  regularMarketTime: told,
  exchangeTimezoneName: z.string(),
  dataGranularity: z.string(),
});

const chart = z.object({
  meta,
  /** No rows: absent. */
  timestamp: column.nullish(),
  events: z.object({ dividends: events, splits: events, capitalGains: events }).nullish(),
  indicators: z.object({
    /** No rows: an empty object. */
    quote: first(
      z.object({
        open: column.nullish(),
        high: column.nullish(),
        low: column.nullish(),
        close: column.nullish(),
        volume: column.nullish(),
      }),
    ),
    /** Of days only; of bars it is no part. */
    adjclose: first(z.object({ adjclose: column.nullish() }))
      .nullish()
      .catch(null),
  }),
});

export const chartAnswer = z.object({ chart: z.object({ result: first(chart) }) });

/** Null where a period lacks the value. */
export const reportedValue = z
  .object({
    asOfDate: z.string().refine(isCalendarDate),
    currencyCode: z.string().refine(isStorable).nullish(),
    reportedValue: z.object({ raw: z.number().nullish() }).nullish(),
  })
  .nullable();

export const timeseriesAnswer = z.object({
  timeseries: z.object({
    /** One element for each type asked for. */
    result: z.array(z.unknown()),
  }),
});

/** Values stand under the name of their type. */
export const timeseriesElement = z
  .object({ meta: z.object({ symbol: first(z.string()), type: first(z.string().refine(isStorable)) }) })
  .catchall(z.unknown());
export const reportedValues = z.array(z.unknown());

const statistics = z.record(z.string(), z.unknown()).nullish();

export const summaryAnswer = z.object({
  quoteSummary: z.object({
    result: first(
      z.object({ defaultKeyStatistics: statistics, financialData: statistics, summaryDetail: statistics }),
    ),
  }),
});

/** Formatted values come wrapped, missing ones as an empty object. */
export const statistic = z.union([
  z.number(),
  z.string().refine(isStorable),
  z.null(),
  z
    .object({ raw: z.union([z.number(), z.string().refine(isStorable)]).nullish() })
    .transform(({ raw }) => raw ?? null),
]);

export const refusalAnswer = z.record(
  z.string(),
  z
    .object({ error: z.object({ code: text, description: text }).nullish() })
    .nullish()
    .catch(null),
);

/** The result of whatever endpoint, as far as it may be null. */
export const resultAnswer = z.record(
  z.string(),
  z.object({ result: z.unknown().optional() }).nullish().catch(null),
);

export type WireChart = z.infer<typeof chart>;
export type WireMeta = z.infer<typeof meta>;
export type WireSplitEvent = z.infer<typeof splitEvent>;
export type WirePayment = z.infer<typeof paymentEvent>;

/** Checks an answer's shape. Throws `MalformedResponse`, which names places and no values. */
export function conform<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const places = result.error.issues
    .slice(0, 3)
    .map(({ path }) => (path.length === 0 ? 'the document' : path.join('.')));
  throw new MalformedResponse(`not what Yahoo is known to send at ${places.join(', ')}`);
}

/** Yahoo answers for other symbols too. Throws `MalformedResponse`. */
export function requireSymbol({ symbol }: WireMeta, written: string): void {
  if (symbol !== written)
    throw new MalformedResponse(`asked for ${written}, the answer is for another symbol`);
}
