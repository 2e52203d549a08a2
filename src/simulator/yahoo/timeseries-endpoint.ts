import { exchangeDate } from '../../domain/exchange-time.ts';
import { json, type Answer } from '../http/answer.ts';
import { companyOf } from '../market/market-source.ts';
import { hashText } from '../market/seeded-hash.ts';
import { figuresOf, type Figure, type Period } from './fundamental-figures.ts';
import { rawAndText } from './raw-and-text.ts';
import type { YahooContext } from './yahoo-context.ts';
import { YahooRefusal, yahooError } from './yahoo-errors.ts';
import type { YahooRequest } from './yahoo-request.ts';

const periodTypes: Readonly<Record<Period, string>> = { annual: '12M', quarterly: '3M', trailing: 'TTM' };

/**
 * `/ws/fundamentals-timeseries/v1/finance/timeseries/{symbol}`: one result a type asked for, without figures where there
 * are none. Funds and unknown symbols have none at all, which is no error.
 */
export function answerTimeseries({ symbol, query }: YahooRequest, context: YahooContext): Answer {
  const types = (query.get('type') ?? '').split(',').filter((type) => type !== '');
  const [from, to] = ['period1', 'period2'].map((name) => Number(query.get(name) ?? NaN));
  if (types.length === 0 || from === undefined || to === undefined || !(from <= to)) {
    throw new YahooRefusal(
      yahooError('timeseries', 400, 'Bad Request', 'Missing or invalid type, period1 or period2'),
    );
  }
  const instrument = context.yahooSymbols(symbol ?? '');
  const company = instrument !== undefined && instrument.type !== 'ETF' ? companyOf(instrument) : null;
  const today = exchangeDate(context.nowMs);
  const result = types.map((type) => {
    const [, period = '', concept = ''] = /^(annual|quarterly|trailing)(\w+)$/.exec(type) ?? [];
    const figures =
      company === null || !isPeriod(period)
        ? []
        : figuresOf(company, concept, period, today).filter(({ asOf }) => {
            const at = secondsOf(asOf);
            return at >= from && at <= to;
          });
    const meta = { symbol: [symbol], type: [type] };
    if (figures.length === 0 || !isPeriod(period)) return { meta };
    return {
      meta,
      timestamp: figures.map(({ asOf }) => secondsOf(asOf)),
      [type]: figures.map((figure) => reported(figure, concept, periodTypes[period])),
    };
  });
  return {
    ...json(200, { timeseries: { result, error: null } }),
    contentType: 'application/json;charset=utf-8',
  };
}

function reported({ asOf, value }: Figure, concept: string, periodType: string) {
  const dataId = 20_000 + (hashText(5, concept) % 5_000);
  return { dataId, asOfDate: asOf, periodType, currencyCode: 'USD', reportedValue: rawAndText(value) };
}

function isPeriod(text: string): text is Period {
  return text in periodTypes;
}

function secondsOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / 1000;
}
