import { rounded } from '../market/price-model.ts';
import type { KeyFigures, Module } from './key-figures.ts';

/** The modules of `quoteSummary` that are simulated; null where the instrument has none, as funds have no financial data. */
export const summaryModules: Readonly<Record<string, (figures: KeyFigures) => Module | null>> = {
  defaultKeyStatistics,
  financialData,
  summaryDetail,
};

function defaultKeyStatistics(figures: KeyFigures): Module {
  const { price, shares, ratio, lastDividend, lastSplit, latest } = figures;
  const income = latest('NetIncome');
  const equity = latest('StockholdersEquity');
  return {
    maxAge: 1,
    priceHint: 2,
    enterpriseValue: Math.round(price * shares * 1.02),
    forwardPE: ratio(1, 8, 40),
    profitMargins: rounded(income / Math.max(1, latest('TotalRevenue')), 100_000),
    floatShares: Math.round(shares * 0.98),
    sharesOutstanding: shares,
    sharesShort: Math.round(shares * 0.009),
    heldPercentInsiders: ratio(2, 0, 0.1),
    heldPercentInstitutions: ratio(3, 0.3, 0.9),
    shortRatio: ratio(4, 1, 5),
    beta: ratio(5, 0.4, 1.9),
    category: null,
    bookValue: rounded(equity / shares, 1000),
    priceToBook: rounded(price / Math.max(0.001, equity / shares), 100_000),
    fundFamily: null,
    legalType: null,
    netIncomeToCommon: income,
    trailingEps: rounded(income / shares, 100),
    forwardEps: rounded((income * 1.1) / shares, 100),
    lastSplitFactor: lastSplit?.factor ?? null,
    ...(lastSplit === null ? {} : { lastSplitDate: lastSplit.at }),
    '52WeekChange': ratio(6, -0.3, 0.6),
    SandP52WeekChange: 0.18,
    ...(lastDividend === null
      ? {}
      : { lastDividendValue: lastDividend.amount, lastDividendDate: lastDividend.at }),
    latestShareClass: null,
    leadInvestor: null,
  };
}

function financialData({ instrument, price, shares, ratio, latest }: KeyFigures): Module | null {
  if (instrument.type === 'ETF') return null;
  const revenue = latest('TotalRevenue');
  return {
    maxAge: 86_400,
    currentPrice: price,
    targetHighPrice: rounded(price * 1.3, 100),
    targetLowPrice: rounded(price * 0.8, 100),
    targetMeanPrice: rounded(price * 1.05, 100_000),
    recommendationMean: ratio(7, 1.5, 3.5),
    recommendationKey: 'buy',
    numberOfAnalystOpinions: Math.round(ratio(8, 1, 45)),
    totalCash: Math.round(revenue * ratio(9, 0.05, 0.4)),
    totalCashPerShare: rounded((revenue * ratio(9, 0.05, 0.4)) / shares, 100),
    ebitda: Math.round(revenue * ratio(10, 0.05, 0.4)),
    // One company in six owes nothing: a true zero.
    totalDebt: ratio(11, 0, 6) < 1 ? 0 : Math.round(revenue * ratio(12, 0.1, 0.8)),
    currentRatio: ratio(13, 0.6, 3),
    totalRevenue: revenue,
    revenuePerShare: rounded(revenue / shares, 1000),
    returnOnAssets: ratio(14, -0.05, 0.25),
    returnOnEquity: ratio(15, -0.1, 0.6),
    freeCashflow: latest('FreeCashFlow'),
    operatingCashflow: latest('OperatingCashFlow'),
    earningsGrowth: ratio(16, -0.3, 0.5),
    revenueGrowth: ratio(17, -0.1, 0.3),
    grossMargins: ratio(18, 0.1, 0.7),
    operatingMargins: ratio(19, 0, 0.4),
    financialCurrency: 'USD',
  };
}

function summaryDetail(figures: KeyFigures): Module {
  const { price, open, high, low, previousClose, volume, dividends, lastDividend, shares, ratio } = figures;
  return {
    maxAge: 1,
    priceHint: 2,
    previousClose,
    open,
    dayLow: low,
    dayHigh: high,
    regularMarketPreviousClose: previousClose,
    regularMarketOpen: open,
    regularMarketDayLow: low,
    regularMarketDayHigh: high,
    ...(lastDividend === null
      ? {}
      : {
          dividendRate: dividends,
          dividendYield: rounded(dividends / price, 10_000),
          exDividendDate: lastDividend.at,
        }),
    payoutRatio: ratio(20, 0, 0.6),
    beta: ratio(5, 0.4, 1.9),
    volume,
    regularMarketVolume: volume,
    averageVolume: volume,
    marketCap: Math.round(price * shares),
    fiftyTwoWeekLow: figures.yearLow,
    fiftyTwoWeekHigh: figures.yearHigh,
    trailingAnnualDividendRate: dividends,
    trailingAnnualDividendYield: rounded(dividends / previousClose, 10_000_000),
    currency: 'USD',
    fromCurrency: null,
    toCurrency: null,
    lastMarket: null,
    coinMarketCapLink: null,
    algorithm: null,
    tradeable: false,
  };
}
