import type { SessionDate } from '../../domain/session.ts';
import { isListedOn, type MarketInstrument } from '../market/market-source.ts';

/** An entry of `/v3/reference/tickers` as of a date; blank fields are absent. */
export function tickerEntry(instrument: MarketInstrument, date: SessionDate): Record<string, unknown> {
  const active = isListedOn(instrument, date);
  return {
    ...commonFields(instrument, active),
    ...(active ? {} : { delisted_utc: `${instrument.delistedOn}T00:00:00Z` }),
    last_updated_utc: `${date}T00:00:00Z`,
  };
}

/** The `results` of `/v3/reference/tickers/{ticker}`. */
export function tickerDetail(instrument: MarketInstrument): Record<string, unknown> {
  return {
    ...commonFields(instrument, true),
    ticker_root: instrument.symbol.replace(/[.p].*$/, ''),
    ...present({ list_date: instrument.listedOn }),
    round_lot: 100,
  };
}

function commonFields(
  { symbol, name, type, exchange, figi, cik, currency }: MarketInstrument,
  active: boolean,
) {
  return {
    ticker: symbol,
    ...present({ name }),
    market: 'stocks',
    locale: 'us',
    ...present({ primary_exchange: exchange, type }),
    active,
    ...present({ currency_name: currency, cik, composite_figi: figi }),
  };
}

function present(fields: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}
