import type { ActionPage, ActionPageWish, RequestOptions } from '../provider.ts';
import { endpoint, nextPage, otherPage } from './addresses.ts';
import { getJson, type PolygonAccess } from './http.ts';
import { parseDividend, parseSplit } from './parse-actions.ts';
import { readRecords } from './records.ts';
import { dividendRecord, listAnswer, splitRecord } from './wire.ts';

/** One page of the market's splits or cash dividends. Throws a `ProviderError`. */
export async function polygonActions(
  deps: PolygonAccess,
  { list, range, next }: ActionPageWish,
  options: RequestOptions,
): Promise<ActionPage> {
  const date = list === 'splits' ? 'execution_date' : 'ex_dividend_date';
  const query = {
    [`${date}.gte`]: range.from,
    [`${date}.lte`]: range.to,
    sort: `${date}.asc`,
    limit: '5000',
  };
  const url = next === null ? endpoint(deps, `/stocks/v1/${list}`, query) : nextPage(next);
  const { body, observedAt } = await getJson(deps, { url, schema: listAnswer, asked: {} }, options);
  const parse = list === 'splits' ? splitsOf : dividendsOf;
  return { ...parse(body.results ?? []), observedAt, next: otherPage(body.next_url, url) };
}

type ParsedPage = Pick<ActionPage, 'actions' | 'rejected'>;

function splitsOf(records: readonly unknown[]): ParsedPage {
  const { read, rejected } = readRecords(records, { schema: splitRecord, date: 'execution_date' });
  return { actions: read.map(parseSplit), rejected };
}

function dividendsOf(records: readonly unknown[]): ParsedPage {
  const { read, rejected } = readRecords(records, { schema: dividendRecord, date: 'ex_dividend_date' });
  return { actions: read.map(parseDividend), rejected };
}
