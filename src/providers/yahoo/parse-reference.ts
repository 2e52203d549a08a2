import type { InstrumentReference } from '../../domain/instrument.ts';
import { isoCurrency } from './iso-currency.ts';
import { requireSymbol, type WireChart } from './wire.ts';
import { zonedDate } from './zoned-date.ts';

/** Yahoo's exchange code to ISO 10383. */
const exchanges: Readonly<Record<string, string>> = {
  NMS: 'XNAS',
  NGM: 'XNAS',
  NCM: 'XNAS',
  NAS: 'XNAS',
  NYQ: 'XNYS',
  PCX: 'ARCX',
  ASE: 'XASE',
  BTS: 'BATS',
};

/** Yahoo's kinds to Polygon's codes; others stay as they are. */
const types: Readonly<Record<string, string>> = { EQUITY: 'CS', MUTUALFUND: 'FUND' };

/** What a chart says of its instrument; `symbol` as it was asked for. Throws `MalformedResponse`. */
export function parseReference(
  { meta }: WireChart,
  { symbol, written }: { readonly symbol: string; readonly written: string },
): InstrumentReference {
  requireSymbol(meta, written);
  const { longName, shortName, instrumentType, exchangeName, currency, firstTradeDate } = meta;
  const type = filled(instrumentType);
  return {
    symbol,
    name: filled(longName) ?? filled(shortName),
    type: type === null ? null : (types[type] ?? type),
    exchange: exchanges[exchangeName ?? ''] ?? null,
    figi: null,
    cik: null,
    currency: isoCurrency(currency),
    active: true,
    listedOn: firstTradeDate == null ? null : zonedDate(firstTradeDate * 1000, meta.exchangeTimezoneName),
    delistedOn: null,
  };
}

function filled(text: string | null | undefined): string | null {
  return text === undefined || text === null || text.trim() === '' ? null : text.trim();
}
