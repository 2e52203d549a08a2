import { z } from 'zod';

/** What Polygon sends, as far as it is used; fields that are not named here may come and go. */

const price = z.number().nonnegative();

const row = z.object({
  o: price,
  h: price,
  l: price,
  c: price,
  /** May be fractional. */
  v: z.number().nonnegative(),
  vw: price.nullish(),
  n: z.int().nonnegative().nullish(),
  /** Epoch milliseconds; nanoseconds were seen. The limit is the year 5138, beyond which there may be no date. */
  t: z.number().positive().lt(1e20),
  otc: z.boolean().nullish(),
});

/** Status and text of any answer; errors carry their text under `error` or `message`. */
export const envelope = z.object({
  status: z.string().nullish(),
  error: z.string().nullish(),
  message: z.string().nullish(),
});

const answer = { adjusted: z.boolean().nullish(), resultsCount: z.number().nullish() };

export const aggregatesAnswer = z.object({
  ...answer,
  ticker: z.string().nullish(),
  /** No data: absent, null or empty. */
  results: z.array(row).nullish(),
  next_url: z.string().nullish(),
});

export const marketDayAnswer = z.object({
  ...answer,
  results: z.array(row.extend({ T: z.string().min(1) })).nullish(),
});

const tickerRecord = z.object({
  ticker: z.string().min(1),
  name: z.string().nullish(),
  market: z.string().nullish(),
  type: z.string().nullish(),
  primary_exchange: z.string().nullish(),
  active: z.boolean().nullish(),
  currency_name: z.string().nullish(),
  cik: z.string().nullish(),
  composite_figi: z.string().nullish(),
  list_date: z.string().nullish(),
  delisted_utc: z.string().nullish(),
});

export const tickerAnswer = z.object({ results: tickerRecord });

export const tickersAnswer = z.object({
  /** An empty list says at least this much. */
  status: z.string(),
  results: z.array(tickerRecord).nullish(),
  next_url: z.string().nullish(),
});

export type WireRow = z.infer<typeof row>;
export type WireAggregates = z.infer<typeof aggregatesAnswer>;
export type WireMarketDay = z.infer<typeof marketDayAnswer>;
export type WireTicker = z.infer<typeof tickerRecord>;

const splitRecord = z.object({
  id: z.string().nullish(),
  ticker: z.string().min(1),
  execution_date: z.string(),
  split_from: z.number().positive(),
  split_to: z.number().positive(),
  adjustment_type: z.string().nullish(),
});

const dividendRecord = z.object({
  id: z.string().nullish(),
  ticker: z.string().min(1),
  ex_dividend_date: z.string(),
  cash_amount: z.number(),
  split_adjusted_cash_amount: z.number().nullish(),
  currency: z.string().nullish(),
  distribution_type: z.string().nullish(),
  frequency: z.number().nullish(),
  declaration_date: z.string().nullish(),
  record_date: z.string().nullish(),
  pay_date: z.string().nullish(),
});

const listAnswer = <T extends z.ZodType>(record: T) =>
  z.object({ status: z.string(), results: z.array(record).nullish(), next_url: z.string().nullish() });

export const splitsAnswer = listAnswer(splitRecord);
export const dividendsAnswer = listAnswer(dividendRecord);

export type WireSplit = z.infer<typeof splitRecord>;
export type WireDividend = z.infer<typeof dividendRecord>;
