import { z } from 'zod';
import { isCalendarDate } from '../../domain/date-range.ts';
import { isCash, isPossibleSplit } from '../../domain/possible-action.ts';
import { isStorable } from '../../domain/storable-text.ts';

/** What Polygon sends, as far as it is used; fields that are not named here may come and go. */

/** A bar, of a whole-market answer with its symbol; what it may hold says `faultOf`. */
export interface WireRow {
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  /** May be fractional. */
  readonly v: number;
  readonly vw?: number | null | undefined;
  readonly n?: number | null | undefined;
  /** Epoch milliseconds; nanoseconds were seen. */
  readonly t: number;
  readonly otc?: boolean | null | undefined;
}

export interface WireMarketRow extends WireRow {
  readonly T: string;
}

/** Rows are many: that they are rows is looked at one by one, where they are read. */
const rows = z.custom<readonly unknown[]>(Array.isArray);

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
  results: rows.nullish(),
  next_url: z.string().nullish(),
  /** What the limit of a page counts. */
  queryCount: z.number().nullish(),
});

export const marketDayAnswer = z.object({
  ...answer,
  results: rows.nullish(),
});

/** Text that the database cannot hold makes a record a wrong one. */
const storable = z.string().refine(isStorable);
const text = storable.nullish();
const symbol = storable.min(1);

export const tickerRecord = z.object({
  ticker: symbol,
  name: text,
  market: text,
  type: text,
  primary_exchange: text,
  active: z.boolean().nullish(),
  currency_name: text,
  cik: text,
  composite_figi: text,
  list_date: text,
  delisted_utc: text,
});

export const tickerAnswer = z.object({ results: tickerRecord });

/** The tickers of an instrument, each with the day of its change. */
export const eventsAnswer = z.object({
  results: z.object({
    events: z
      .array(z.object({ date: text, ticker_change: z.object({ ticker: symbol }).nullish() }))
      .nullish(),
  }),
});

/** A page of records, which are read one by one. */
export const listAnswer = z.object({
  /** An empty list says at least this much. */
  status: z.string(),
  results: rows.nullish(),
  next_url: z.string().nullish(),
});

export type WireAggregates = z.infer<typeof aggregatesAnswer>;
export type WireMarketDay = z.infer<typeof marketDayAnswer>;
export type WireTicker = z.infer<typeof tickerRecord>;

const date = z.string().refine(isCalendarDate);

export const splitRecord = z
  .object({
    id: text,
    ticker: symbol,
    execution_date: date,
    split_from: z.number().positive(),
    split_to: z.number().positive(),
    adjustment_type: text,
  })
  .refine(isRatio, { path: ['split_to'] });

/** Something of something, and not the same of it. */
function isRatio({ split_from: before, split_to: after }: { split_from: number; split_to: number }): boolean {
  return after !== before && isPossibleSplit({ after, before });
}

export const dividendRecord = z.object({
  id: text,
  ticker: symbol,
  ex_dividend_date: date,
  cash_amount: z.number().refine(isCash),
  split_adjusted_cash_amount: z.number().refine(isCash).nullish().catch(null),
  currency: text,
  distribution_type: text,
  frequency: z.number().nullish(),
  declaration_date: text,
  record_date: text,
  pay_date: text,
});

export type WireSplit = z.infer<typeof splitRecord>;
export type WireDividend = z.infer<typeof dividendRecord>;
