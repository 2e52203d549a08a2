import { sql } from 'kysely';
import type { SessionDate } from '../domain/session.ts';
import { wasKnown, type AsOf } from './as-of.ts';
import type { Database } from './database.ts';
import type { SourceName } from '../domain/source.ts';
import { exchangeDayOf } from './exchange-day.ts';

/** One statement of one period, as a source gave it. */
interface IncomingStatement {
  readonly statement: string;
  readonly frequency: string;
  readonly periodEnd: SessionDate;
  readonly currency: string | null;
  /** By the source's names; 0 is a value, an absent one was not given. */
  readonly values: Readonly<Record<string, number>>;
}

interface Origin {
  readonly instrumentId: number;
  readonly source: SourceName;
  readonly runId: string;
  /** ISO 8601. */
  readonly observedAt: string;
}

/** Columns that people query, by the source's names, likeliest first. */
const columns = {
  total_revenue: ['totalRevenue', 'TotalRevenue'],
  net_income: ['netIncome', 'NetIncome'],
  diluted_eps: ['dilutedEPS', 'DilutedEPS'],
  total_assets: ['totalAssets', 'TotalAssets'],
  total_debt: ['totalDebt', 'TotalDebt'],
  stockholders_equity: ['stockholdersEquity', 'StockholdersEquity'],
  operating_cash_flow: ['operatingCashFlow', 'OperatingCashFlow'],
  free_cash_flow: ['freeCashFlow', 'FreeCashFlow'],
} as const;

const columnNames = Object.keys(columns) as (keyof typeof columns)[];

/**
 * Keeps statements, a new row for each that differs from what was known; what was known before stays, for reads as of
 * then. The market knows a statement from its first sight on: the source gives no filing date. Returns how many are new.
 */
export async function writeFundamentals(
  db: Database,
  { instrumentId, source, runId, observedAt }: Origin,
  statements: readonly IncomingStatement[],
): Promise<number> {
  const rows = statements.map(({ statement, frequency, periodEnd, currency, values }) => ({
    statement,
    frequency,
    period_end: periodEnd,
    currency,
    figures: values,
    ...Object.fromEntries(
      columnNames.map((column) => [
        column,
        columns[column].map((name) => values[name]).find(isNumber) ?? null,
      ]),
    ),
  }));
  const written = await sql`
    insert into market.fundamentals (instrument_id, source, run_id, observed_at, available_at,
      statement, frequency, period_end, currency, figures, ${sql.join(columnNames.map((name) => sql.ref(name)))})
    select ${instrumentId}, ${source}, ${runId}, ${observedAt}::timestamptz, ${observedAt}::timestamptz,
      statement, frequency, period_end, currency, figures, ${sql.join(columnNames.map((name) => sql.ref(name)))}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as incoming(statement text, frequency text, period_end date,
      currency text, figures jsonb, ${sql.join(columnNames.map((name) => sql`${sql.ref(name)} float8`))})
    where incoming.figures is distinct from (
      select known.figures from market.fundamentals known
      where known.instrument_id = ${instrumentId} and known.source = ${source}
        and known.statement = incoming.statement and known.frequency = incoming.frequency
        and known.period_end = incoming.period_end and known.currency is not distinct from incoming.currency
        and known.known_until is null
      order by known.known_from desc limit 1)
    on conflict do nothing`.execute(db);
  return Number(written.numAffectedRows ?? 0);
}

function isNumber(value: number | undefined): value is number {
  return value !== undefined;
}

type Modules = Readonly<Record<string, Readonly<Record<string, number | string | null>>>>;

/** Where each column of key statistics is found. */
const statistics = {
  market_cap: ['summaryDetail', 'marketCap'],
  shares_outstanding: ['defaultKeyStatistics', 'sharesOutstanding'],
  trailing_pe: ['summaryDetail', 'trailingPE'],
  forward_pe: ['summaryDetail', 'forwardPE'],
  beta: ['summaryDetail', 'beta'],
  dividend_yield: ['summaryDetail', 'dividendYield'],
} as const;

/** Keeps one reading of key statistics. */
export async function writeKeyStatistics(
  db: Database,
  { instrumentId, source, runId, observedAt }: Origin,
  modules: Modules,
): Promise<void> {
  const values = Object.values(statistics).map(([module, name]) => {
    const value = modules[module]?.[name];
    return typeof value === 'number' ? value : null;
  });
  const names = Object.keys(statistics).map((name) => sql.ref(name));
  await sql`
    insert into market.key_statistics (instrument_id, source, run_id, observed_at, figures, ${sql.join(names)})
    select ${instrumentId}, ${source}, ${runId}, ${observedAt}, ${JSON.stringify(modules)}, ${sql.join(values)}
    where not exists (select from market.key_statistics known
      where known.instrument_id = ${instrumentId} and known.source = ${source} and known.observed_at = ${observedAt}
        and known.known_until is null and known.figures = ${JSON.stringify(modules)}::jsonb)`.execute(db);
}

export type Reading = 'fundamentals' | 'key_statistics';

/** Notes that something of an instrument was read, whatever came of it; that it was for the first time stays known. */
export async function noteRead(
  db: Database,
  { instrumentId, source, observedAt }: Omit<Origin, 'runId'>,
  what: Reading,
): Promise<void> {
  await sql`
    with again as (
      update market.fundamental_reads set read_at = ${observedAt}
      where instrument_id = ${instrumentId} and source = ${source} and what = ${what} returning what
    )
    insert into market.fundamental_reads (instrument_id, source, what, read_at)
    select ${instrumentId}, ${source}, ${what}, ${observedAt} where not exists (select from again)
    on conflict (instrument_id, source, what) do update set read_at = excluded.read_at`.execute(db);
}

/** A symbol whose fundamentals are to be read. */
export interface ReadingDue {
  readonly instrumentId: number;
  readonly symbol: string;
}

/** The instruments of a run that have not been read on the exchange date of an instant, by symbol. */
export async function readingsDue(
  db: Database,
  {
    runId,
    source,
    what,
    at,
  }: { readonly runId: string; readonly source: SourceName; readonly what: Reading; readonly at: string },
): Promise<readonly ReadingDue[]> {
  const { rows } = await sql<ReadingDue>`
    select i.id as "instrumentId", i.symbol from market.load_runs l join market.instruments i on i.id = l.instrument_id
    where l.run_id = ${runId} and l.status in ('success', 'partial')
      and not exists (select from market.fundamental_reads r where r.instrument_id = i.id and r.source = ${source}
        and r.what = ${what} and ${exchangeDayOf(sql`r.read_at`)} >= ${exchangeDayOf(sql`${at}::timestamptz`)})
    order by i.symbol`.execute(db);
  return rows;
}

/** The newest reading of each statement of an instrument at an instant, or now, latest period first. */
export async function latestStatements(db: Database, instrumentId: number, asOf?: AsOf) {
  const { rows } = await sql<{
    source: SourceName;
    statement: string;
    frequency: string;
    periodEnd: SessionDate;
    availableAt: Date;
    currency: string | null;
    values: Record<string, number>;
  }>`
    select distinct on (statement, frequency, period_end, source, currency) source, statement, frequency,
      period_end as "periodEnd", available_at as "availableAt", currency, figures as values
    from market.fundamentals known where instrument_id = ${instrumentId} and ${wasKnown('known', asOf)}
    order by statement, frequency, period_end desc, source, currency, known_from desc`.execute(db);
  return rows;
}

/** The newest key statistics of an instrument at an instant, or now; null when there are none. */
export async function readKeyStatistics(db: Database, instrumentId: number, asOf?: AsOf) {
  const { rows } = await sql<{ source: SourceName; observedAt: Date; values: Modules }>`
    select source, observed_at as "observedAt", figures as values
    from market.key_statistics known where instrument_id = ${instrumentId} and ${wasKnown('known', asOf)} order by known_from desc limit 1`.execute(
    db,
  );
  return rows[0] ?? null;
}
