import { z } from 'zod';
import type { Interval } from '../../domain/interval.ts';
import { MalformedResponse } from '../../domain/provider-errors.ts';

/** What Yahoo sends, as far as it is used; fields that are not named here may come and go. */

/** Yahoo's names of the intervals. */
export const granularities = { '1d': '1d', '1h': '1h' } as const satisfies Readonly<Record<Interval, string>>;

/** Lists of one; more would be news. */
const first = <T extends z.ZodType>(item: T) => z.tuple([item], z.unknown());
/** Values are many: they are looked at in a loop, and the first wrong one is told. */
const listOf = <T>(isRight: (value: unknown) => value is T) =>
  z.custom<readonly T[]>(Array.isArray).check(({ value, issues }) => {
    if (!Array.isArray(value)) return;
    const index = value.findIndex((item) => !isRight(item));
    if (index >= 0) issues.push({ code: 'custom', path: [index], input: null });
  });
const column = listOf(
  (value): value is number | null => value === null || (typeof value === 'number' && Number.isFinite(value)),
).nullish();
const text = z.string().nullish();
/** Epoch seconds, up to the year 2286. */
const instantsEnd = 1e10;
const instant = z.number().gt(-instantsEnd).lt(instantsEnd);
const instants = listOf(
  (value): value is number => typeof value === 'number' && value > -instantsEnd && value < instantsEnd,
);

const payment = z.object({ amount: z.number(), date: instant });
const split = z.object({ date: instant, numerator: z.number(), denominator: z.number() });
/** Yahoo keys events by the epoch second of some row, which need not be that of the event. */
const eventsOf = <T extends z.ZodType>(event: T) =>
  z
    .record(z.string(), z.unknown())
    .transform((events) => Object.values(events))
    .pipe(z.array(event))
    .nullish();

const meta = z.object({
  symbol: z.string(),
  currency: text,
  exchangeName: text,
  instrumentType: text,
  longName: text,
  shortName: text,
  firstTradeDate: instant.nullish(),
  regularMarketTime: instant.nullish(),
  exchangeTimezoneName: z.string(),
  dataGranularity: z.string(),
});

const chart = z.object({
  meta,
  /** No rows: absent. */
  timestamp: instants.nullish(),
  events: z
    .object({ dividends: eventsOf(payment), splits: eventsOf(split), capitalGains: eventsOf(payment) })
    .nullish(),
  indicators: z.object({
    /** No rows: an empty object. */
    quote: first(z.object({ open: column, high: column, low: column, close: column, volume: column })),
  }),
});

export const chartAnswer = z.object({ chart: z.object({ result: first(chart) }) });

const reported = z.object({
  asOfDate: z.iso.date(),
  currencyCode: text,
  reportedValue: z.object({ raw: z.number().nullish() }).nullish(),
});

export const timeseriesAnswer = z.object({
  timeseries: z.object({
    /** One element for each type asked for; its values stand under the name of the type. */
    result: z.array(
      z
        .object({ meta: z.object({ symbol: first(z.string()), type: first(z.string()) }) })
        .catchall(z.unknown()),
    ),
  }),
});

/** Null where a period lacks the value. */
export const reportedValues = z.array(reported.nullable());

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
  z.string(),
  z.null(),
  z.object({ raw: z.union([z.number(), z.string()]).nullish() }).transform(({ raw }) => raw ?? null),
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
export type WireSplitEvent = z.infer<typeof split>;

/** Checks an answer's shape. Throws `MalformedResponse`, which names places and no values. */
export function conform<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const places = result.error.issues
    .slice(0, 3)
    .map(({ path }) => (path.length === 0 ? 'the document' : path.join('.')));
  throw new MalformedResponse(`not what Yahoo is known to send at ${places.join(', ')}`);
}
