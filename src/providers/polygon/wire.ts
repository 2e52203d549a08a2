import { z } from 'zod';

/** What Polygon sends, as far as it is used; fields that are not named here may come and go. */

/** A bar, of a whole-market answer with its symbol; rows are many, and are checked by `faultOf`. */
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

/** The limit is the year 5138, beyond which there may be no date. */
const timesEnd = 1e20;

const isAmount = (value: unknown) => typeof value === 'number' && value >= 0 && value < Infinity;

/** The field of a row that is not what it has to be; empty where the row is none, null where all is well. */
function faultOf(row: unknown): string | null {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return '';
  const { o, h, l, c, v, vw, n, t, otc } = row as Readonly<Record<keyof WireRow, unknown>>;
  if (!isAmount(o)) return 'o';
  if (!isAmount(h)) return 'h';
  if (!isAmount(l)) return 'l';
  if (!isAmount(c)) return 'c';
  if (!isAmount(v)) return 'v';
  if (vw != null && !isAmount(vw)) return 'vw';
  if (n != null && !(isAmount(n) && Number.isSafeInteger(n))) return 'n';
  if (!(typeof t === 'number' && t > 0 && t < timesEnd)) return 't';
  return otc == null || typeof otc === 'boolean' ? null : 'otc';
}

function marketFaultOf(row: unknown): string | null {
  const fault = faultOf(row);
  if (fault !== null) return fault;
  const { T } = row as Readonly<Record<'T', unknown>>;
  return typeof T === 'string' && T !== '' ? null : 'T';
}

/** Rows without a wrong one; the first wrong one is told. */
function rowsWithout<Row>(fault: (row: unknown) => string | null) {
  return z.custom<readonly Row[]>(Array.isArray).check(({ value, issues }) => {
    if (!Array.isArray(value)) return;
    for (let index = 0; index < value.length; index += 1) {
      const field = fault(value[index]);
      if (field === null) continue;
      const path = field === '' ? [index] : [index, field];
      issues.push({ code: 'custom', path, input: null });
      return;
    }
  });
}

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
  results: rowsWithout<WireRow>(faultOf).nullish(),
  next_url: z.string().nullish(),
  /** What the limit of a page counts. */
  queryCount: z.number().nullish(),
});

export const marketDayAnswer = z.object({
  ...answer,
  results: rowsWithout<WireMarketRow>(marketFaultOf).nullish(),
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
