import { json, type Answer } from '../http/answer.ts';
import { momentOf } from '../market/moment.ts';
import type { SimulatedAction } from '../market/simulated-action.ts';
import type { BookEntry } from './action-book.ts';
import { filterOf, orderOf } from './action-query.ts';
import { dividendEntry, splitEntry } from './action-wire.ts';
import { cursorOf, pageQuery, readLimit } from './page-options.ts';
import type { PolygonContext } from './polygon-context.ts';
import { polygonLists } from './polygon-listing.ts';
import type { PolygonRequest } from './polygon-request.ts';

type Entry = (listed: BookEntry, context: PolygonContext) => Readonly<Record<string, unknown>>;

/** `/stocks/v1/splits`: stock dividends included, those announced for the next 30 days as well. */
export function answerSplits(request: PolygonRequest, context: PolygonContext): Answer {
  return answerActions(request, context, 'split', 'execution_date', splitEntry);
}

/** `/stocks/v1/dividends`. */
export function answerDividends(request: PolygonRequest, context: PolygonContext): Answer {
  return answerActions(request, context, 'cash_dividend', 'ex_dividend_date', dividendEntry);
}

function answerActions(
  { query, path }: PolygonRequest,
  context: PolygonContext,
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
