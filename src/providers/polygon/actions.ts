import type { z } from 'zod';
import type { ActionPage, ActionPageWish, ListedAction, RequestOptions } from '../provider.ts';
import { endpoint, nextPage, otherPage } from './addresses.ts';
import { getJson, type PolygonAccess } from './http.ts';
import { parseDividend, parseSplit } from './parse-actions.ts';
import { dividendsAnswer, splitsAnswer } from './wire.ts';

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
  return list === 'splits'
    ? readPage(deps, { url, schema: splitsAnswer, parse: parseSplit }, options)
    : readPage(deps, { url, schema: dividendsAnswer, parse: parseDividend }, options);
}

interface PageOf<Wire> {
  readonly url: URL;
  readonly schema: z.ZodType<{
    readonly results?: Wire[] | null | undefined;
    readonly next_url?: string | null | undefined;
  }>;
  readonly parse: (record: Wire) => ListedAction | null;
}

async function readPage<Wire>(
  deps: PolygonAccess,
  { url, schema, parse }: PageOf<Wire>,
  options: RequestOptions,
): Promise<ActionPage> {
  const { body, observedAt } = await getJson(deps, { url, schema, asked: {} }, options);
  const parsed = (body.results ?? []).map(parse);
  const actions = parsed.filter((action) => action !== null);
  return {
    actions,
    refused: parsed.length - actions.length,
    observedAt,
    next: otherPage(body.next_url, url),
  };
}
