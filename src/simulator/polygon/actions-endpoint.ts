import { filterOf, orderOf } from './action-query.ts';
import type { ListedAction } from './action-book.ts';
import { dividendEntry, splitEntry } from './action-wire.ts';
import { json, type Answer } from '../http/answer.ts';
import type { MarketContext } from '../market/market-context.ts';
import type { MarketRequest } from '../endpoints/market-request.ts';
import { cursorOf, pageQuery, readLimit } from './page-options.ts';
import { momentOf, polygonLists, type SimulatedAction } from '../market/simulated-action.ts';

type Entry = (listed: ListedAction, context: MarketContext) => Readonly<Record<string, unknown>>;

/** `/stocks/v1/splits`: stock dividends included, those announced for the next 30 days as well. */
export function answerSplits(request: MarketRequest, context: MarketContext): Answer {
  return answerActions(request, context, 'split', 'execution_date', splitEntry);
}

/** `/stocks/v1/dividends`. */
export function answerDividends(request: MarketRequest, context: MarketContext): Answer {
  return answerActions(request, context, 'cash_dividend', 'ex_dividend_date', dividendEntry);
}

function answerActions(
  { query, path }: MarketRequest,
  context: MarketContext,
  kind: SimulatedAction['kind'],
  dateName: string,
  entryOf: Entry,
): Answer {
  const page = pageQuery(query);
  const limit = readLimit(page, 100, 5_000);
  const offset = Number(page.get('offset') ?? '0');
  const moment = momentOf(context.nowMs);
  const isAsked = filterOf(page, dateName);
  const ticker = page.get('ticker');
  const found = (ticker === null ? context.actions.all() : context.actions.of(ticker))
    .filter((listed) => listed.action.kind === kind && isAsked(listed) && polygonLists(listed.action, moment))
    .sort(orderOf(page, dateName));
  const end = offset + Math.min(limit, context.pageLimit);
  const next = { ...Object.fromEntries(page), limit: String(limit), offset: String(end) };
  return json(200, {
    status: 'OK',
    request_id: context.requestId,
    results: found.slice(offset, end).map((listed) => entryOf(listed, context)),
    ...(end < found.length ? { next_url: `${context.origin}${path}?cursor=${cursorOf(next)}` } : {}),
  });
}
