import type { SessionDate } from '../../domain/session.ts';

/** A real ticker the simulated market has, so that examples work; prices, volumes and most dates are only plausible. */
export interface FamiliarInstrument {
  readonly symbol: string;
  readonly name: string;
  readonly type: 'CS' | 'ETF' | 'ADRC' | 'PFD';
  readonly exchange: 'XNAS' | 'XNYS' | 'ARCX';
  readonly listedOn: SessionDate;
  /** Price about the beginning of 2025. */
  readonly level: number;
  /** Million shares a day. */
  readonly volume: number;
}

const rows: readonly (readonly [
  symbol: string,
  name: string,
  type: FamiliarInstrument['type'],
  exchange: FamiliarInstrument['exchange'],
  listedOn: SessionDate,
  level: number,
  volume: number,
])[] = [
  ['AAPL', 'Apple Inc.', 'CS', 'XNAS', '1980-12-12', 240, 52],
  ['MSFT', 'Microsoft Corporation', 'CS', 'XNAS', '1986-03-13', 420, 21],
  ['SPY', 'SPDR S&P 500 ETF Trust', 'ETF', 'ARCX', '1993-01-29', 590, 60],
  ['QQQ', 'Invesco QQQ Trust, Series 1', 'ETF', 'XNAS', '1999-03-10', 515, 38],
  ['NVDA', 'NVIDIA Corporation', 'CS', 'XNAS', '1999-01-22', 135, 210],
  ['AMZN', 'Amazon.com, Inc.', 'CS', 'XNAS', '1997-05-15', 220, 37],
  ['GOOGL', 'Alphabet Inc. Class A Common Stock', 'CS', 'XNAS', '2004-08-19', 190, 26],
  ['META', 'Meta Platforms, Inc. Class A Common Stock', 'CS', 'XNAS', '2012-05-18', 600, 13],
  ['TSLA', 'Tesla, Inc.', 'CS', 'XNAS', '2010-06-29', 390, 85],
  ['BRK.B', 'Berkshire Hathaway Inc. Class B', 'CS', 'XNYS', '1996-05-09', 455, 4],
  ['JPM', 'JPMorgan Chase & Co.', 'CS', 'XNYS', '1969-03-05', 240, 9],
  ['V', 'Visa Inc.', 'CS', 'XNYS', '2008-03-19', 315, 6],
  ['JNJ', 'Johnson & Johnson', 'CS', 'XNYS', '1944-09-25', 145, 8],
  ['WMT', 'Walmart Inc.', 'CS', 'XNYS', '1972-08-25', 92, 17],
  ['PG', 'Procter & Gamble Company', 'CS', 'XNYS', '1962-01-02', 168, 7],
  ['XOM', 'Exxon Mobil Corporation', 'CS', 'XNYS', '1962-01-02', 108, 16],
  ['IBM', 'International Business Machines Corporation', 'CS', 'XNYS', '1962-01-02', 220, 4],
  ['GOOG', 'Alphabet Inc. Class C Capital Stock', 'CS', 'XNAS', '2004-08-19', 192, 18],
  ['AMD', 'Advanced Micro Devices, Inc.', 'CS', 'XNAS', '1972-09-27', 125, 40],
  ['INTC', 'Intel Corporation', 'CS', 'XNAS', '1971-10-13', 21, 65],
  ['KO', 'The Coca-Cola Company', 'CS', 'XNYS', '1962-01-02', 62, 15],
  ['PEP', 'PepsiCo, Inc.', 'CS', 'XNAS', '1972-06-01', 152, 6],
  ['DIS', 'The Walt Disney Company', 'CS', 'XNYS', '1962-01-02', 111, 9],
  ['NFLX', 'Netflix, Inc.', 'CS', 'XNAS', '2002-05-23', 890, 4],
  ['CSCO', 'Cisco Systems, Inc.', 'CS', 'XNAS', '1990-02-16', 59, 18],
  ['ORCL', 'Oracle Corporation', 'CS', 'XNYS', '1986-03-12', 167, 9],
  ['BAC', 'Bank of America Corporation', 'CS', 'XNYS', '1973-02-21', 44, 34],
  ['T', 'AT&T Inc.', 'CS', 'XNYS', '1983-11-21', 23, 33],
  ['VZ', 'Verizon Communications Inc.', 'CS', 'XNYS', '1983-11-21', 40, 17],
  ['KIMpL', 'Kimco Realty Corporation 5.125% Class L Preferred', 'PFD', 'XNYS', '2013-08-09', 21, 0.02],
  ['BACpK', 'Bank of America Corporation 5.875% Series HH Preferred', 'PFD', 'XNYS', '2013-07-17', 25, 0.06],
  ['CpK', 'Citigroup Inc. 6.875% Series K Preferred', 'PFD', 'XNYS', '2013-10-31', 25, 0.09],
  ['CPK', 'Chesapeake Utilities Corporation', 'CS', 'XNYS', '1980-03-17', 121, 0.1],
  ['IWM', 'iShares Russell 2000 ETF', 'ETF', 'ARCX', '2000-05-26', 222, 28],
  ['DIA', 'SPDR Dow Jones Industrial Average ETF Trust', 'ETF', 'ARCX', '1998-01-20', 426, 3],
  ['VTI', 'Vanguard Total Stock Market ETF', 'ETF', 'ARCX', '2001-05-31', 291, 3],
  ['VOO', 'Vanguard S&P 500 ETF', 'ETF', 'ARCX', '2010-09-09', 541, 6],
  ['GLD', 'SPDR Gold Shares', 'ETF', 'ARCX', '2004-11-18', 244, 7],
  ['TLT', 'iShares 20+ Year Treasury Bond ETF', 'ETF', 'XNAS', '2002-07-26', 87, 37],
  ['TSM', 'Taiwan Semiconductor Manufacturing Company Ltd.', 'ADRC', 'XNYS', '1997-10-08', 201, 14],
  ['BABA', 'Alibaba Group Holding Limited', 'ADRC', 'XNYS', '2014-09-19', 85, 15],
  ['SONY', 'Sony Group Corporation', 'ADRC', 'XNYS', '1970-09-17', 21, 5],
  ['NVO', 'Novo Nordisk A/S', 'ADRC', 'XNYS', '1981-04-30', 87, 8],
  ['C', 'Citigroup Inc.', 'CS', 'XNYS', '1986-10-29', 71, 14],
  ['WFC', 'Wells Fargo & Company', 'CS', 'XNYS', '1972-06-01', 71, 15],
  ['GS', 'The Goldman Sachs Group, Inc.', 'CS', 'XNYS', '1999-05-04', 576, 2],
  ['F', 'Ford Motor Company', 'CS', 'XNYS', '1972-06-01', 9.9, 55],
  ['GE', 'GE Aerospace', 'CS', 'XNYS', '1962-01-02', 168, 5],
  ['CAT', 'Caterpillar Inc.', 'CS', 'XNYS', '1962-01-02', 362, 3],
  ['BA', 'The Boeing Company', 'CS', 'XNYS', '1962-01-02', 172, 9],
  ['MRK', 'Merck & Co., Inc.', 'CS', 'XNYS', '1970-01-02', 99, 11],
  ['PFE', 'Pfizer Inc.', 'CS', 'XNYS', '1972-06-01', 26, 40],
  ['CVX', 'Chevron Corporation', 'CS', 'XNYS', '1962-01-02', 147, 8],
  ['HD', 'The Home Depot, Inc.', 'CS', 'XNYS', '1981-09-22', 388, 3],
  ['MCD', "McDonald's Corporation", 'CS', 'XNYS', '1966-07-05', 293, 3],
  ['UNH', 'UnitedHealth Group Incorporated', 'CS', 'XNYS', '1984-10-17', 505, 5],
  ['MA', 'Mastercard Incorporated', 'CS', 'XNYS', '2006-05-25', 522, 3],
  ['ADBE', 'Adobe Inc.', 'CS', 'XNAS', '1986-08-13', 441, 4],
  ['QCOM', 'QUALCOMM Incorporated', 'CS', 'XNAS', '1991-12-13', 154, 8],
  ['COST', 'Costco Wholesale Corporation', 'CS', 'XNAS', '1985-11-27', 910, 2],
];

/** In the order in which a small market takes them. */
export const familiarInstruments: readonly FamiliarInstrument[] = rows.map(
  ([symbol, name, type, exchange, listedOn, level, volume]) => ({
    symbol,
    name,
    type,
    exchange,
    listedOn,
    level,
    volume,
  }),
);

const bySymbol = new Map(familiarInstruments.map((instrument) => [instrument.symbol, instrument]));

/** The familiar instrument of that ticker, if it is one. */
export function familiarInstrument(symbol: string): FamiliarInstrument | undefined {
  return bySymbol.get(symbol);
}
