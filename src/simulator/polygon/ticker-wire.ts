import type { SessionDate } from '../../domain/session.ts';
import type { MarketInstrument } from '../market/market-source.ts';
import { isBorneOn, type Tenure } from '../market/tenure.ts';

/** An entry of `/v3/reference/tickers` as of a date; blank fields are absent. */
export function tickerEntry(tenure: Tenure, date: SessionDate): Record<string, unknown> {
  const active = isBorneOn(tenure, date);
  return {
    ...commonFields(tenure, active),
    ...(active ? {} : { delisted_utc: `${tenure.to}T00:00:00Z` }),
    last_updated_utc: `${date}T00:00:00Z`,
  };
}

/** The `results` of `/v3/reference/tickers/{ticker}`. */
export function tickerDetail(tenure: Tenure): Record<string, unknown> {
  return {
    ...commonFields(tenure, true),
    ticker_root: tenure.ticker.replace(/[.p].*$/, ''),
    ...present({ list_date: tenure.company.listedOn }),
    round_lot: 100,
  };
}

/** The `results` of `/vX/reference/tickers/{id}/events`: since when a company bears each of its tickers, latest first. */
export function tickerEvents(company: MarketInstrument, tenures: readonly Tenure[]): Record<string, unknown> {
  const events = tenures
    .toSorted((a, b) => (a.from < b.from ? 1 : -1))
    .map(({ ticker, from }) => ({
      ticker_change: { ticker },
      type: 'ticker_change',
      ...present({ date: from || null }),
    }));
  return { ...present({ name: company.name, composite_figi: company.figi, cik: company.cik }), events };
}

function commonFields({ company, ticker, market }: Tenure, active: boolean) {
  const { name, type, exchange, figi, cik, currency } = company;
  return {
    ticker,
    ...present({ name }),
    market,
    locale: 'us',
    ...present({ primary_exchange: market === 'otc' ? null : exchange, type }),
    active,
    ...present({ currency_name: currency, cik, composite_figi: figi }),
  };
}

function present(fields: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}
