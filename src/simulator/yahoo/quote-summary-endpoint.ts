import { json, type Answer } from '../http/answer.ts';
import { hasCrumb } from './crumb-endpoint.ts';
import { keyFigures, type Module } from './key-figures.ts';
import { rawAndText, rawDate } from './raw-and-text.ts';
import { summaryModules } from './summary-modules.ts';
import type { YahooContext } from './yahoo-context.ts';
import { invalidCrumb, yahooError } from './yahoo-errors.ts';
import type { YahooRequest } from './yahoo-request.ts';

/** `/v10/finance/quoteSummary/{symbol}`: 401 without the right crumb, 404 where no module asked for has data. */
export function answerQuoteSummary(request: YahooRequest, context: YahooContext): Answer {
  if (!hasCrumb(request, context)) return invalidCrumb();
  const { symbol, query } = request;
  const instrument = context.yahooSymbols(symbol ?? '');
  const figures = instrument === undefined ? null : keyFigures(instrument, context);
  if (figures === null) {
    return notFound(`Quote not found for ticker symbol: ${symbol}`);
  }
  const asked = query.get('modules') ?? '';
  const formatted = query.get('formatted') !== 'false';
  const found = asked.split(',').flatMap((name) => {
    const values = summaryModules[name]?.(figures) ?? null;
    return values === null ? [] : [[name, formatted ? withTexts(values) : values]];
  });
  if (found.length === 0) return notFound(`No fundamentals data found for any of the summaryTypes=${asked}`);
  const body = { quoteSummary: { result: [Object.fromEntries(found)], error: null } };
  return { ...json(200, body), contentType: 'application/json;charset=utf-8' };
}

function notFound(description: string): Answer {
  return yahooError('quoteSummary', 404, 'Not Found', description);
}

/** Numbers with their text, what is missing as an empty object; `maxAge` stays a number. */
function withTexts(values: Module): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (value === null) return [name, {}];
      if (typeof value !== 'number' || name === 'maxAge') return [name, value];
      return [name, name.endsWith('Date') ? rawDate(value) : rawAndText(value)];
    }),
  );
}
