import { exchangeDate } from '../../domain/exchange-time.ts';
import type { MarketRequest } from '../endpoints/market-request.ts';
import { cursorOf } from '../polygon/page-options.ts';
import type { FaultHit } from './fault-rules.ts';
import type { Fault, FaultOf } from './fault-script.ts';
import { isFields, type Fields } from './json-fields.ts';

/** An answer's JSON as it is being distorted, and what is meant by the fault. */
interface DistortedBody {
  readonly body: Fields;
  readonly match: FaultHit['match'];
  readonly request: MarketRequest;
  readonly origin: string;
}

/** What each fault does to a body, in place. */
const distortions: {
  readonly [Kind in Fault['kind']]?: (given: DistortedBody, fault: FaultOf<Kind>) => void;
} = {
  duplicateRows: (given) =>
    setRows(
      given,
      rowsOf(given).flatMap((row) => (isMeant(given, row) ? [row, row] : [row])),
    ),

  conflictingRows(given) {
    const meant = rowsOf(given).find((row) => isMeant(given, row));
    setRows(
      given,
      rowsOf(given).flatMap((row) => (row === meant ? [row, scaled(row, 1.01)] : [row])),
    );
  },

  loopingPages({ body, request: { path, query }, origin }) {
    body['next_url'] = `${origin}${path}${query.size === 0 ? '' : `?${query.toString()}`}`;
  },

  endlessPages({ body, request: { endpoint, path, query }, origin }) {
    const usualLimit = endpoint === 'tickers' ? '100' : '5000';
    const cursor = query.get('cursor') ?? cursorOf({ limit: usualLimit, ...Object.fromEntries(query) });
    const page = Number(query.get('page') ?? '1') + 1;
    body['next_url'] = `${origin}${path}?cursor=${cursor}&page=${page}`;
  },

  foreignPages({ body, request }, { origin }) {
    body['next_url'] = `${new URL(origin).origin}${request.path}?cursor=${cursorOf({ limit: '1000' })}`;
  },

  wrongTicker(given, { ticker }) {
    const row = rowsOf(given).find((one) => isMeant(given, one));
    for (const holder of [given.body, given.body['results'], row]) {
      if (!isFields(holder)) continue;
      if ('ticker' in holder) holder['ticker'] = ticker;
      if ('T' in holder) holder['T'] = ticker;
    }
  },

  malformed(given, { field, value, count }) {
    const meant = rowsOf(given).filter((one) => isMeant(given, one));
    const name = field ?? (isOfBars(given.request) ? 'c' : 'ticker');
    if (name in given.body) given.body[name] = value;
    else if (meant.length === 0 && isFields(given.body['results'])) given.body['results'][name] = value;
    else for (const row of meant.slice(0, count)) row[name] = value;
  },

  missingRows(given, { first, last, sessions }) {
    const rows = rowsOf(given);
    const isThere = (row: Fields, at: number) =>
      at >= first && at < rows.length - last && !sessions.includes(sessionOf(given, row) ?? '');
    setRows(
      given,
      rows.filter((row, at) => !isNamed(given, row) || isThere(row, at)),
    );
  },

  noNextPage({ body }) {
    delete body['next_url'];
  },

  changedBar(given, { session, factor }) {
    const change = (row: Fields) =>
      isMeant(given, row) && sessionOf(given, row) === session ? scaled(row, factor) : row;
    setRows(given, rowsOf(given).map(change));
  },

  shortMarketDay(given, { fraction, without }) {
    const isKept = (_: Fields, index: number) =>
      Math.floor((index + 1) * fraction) > Math.floor(index * fraction);
    const isThere = (row: Fields) => !without.some((symbol) => symbol === row['T']);
    setRows(given, rowsOf(given).filter(isKept).filter(isThere));
  },
};

/** The text of the answer after the fault; unchanged where the fault has nothing to do with bodies. */
export function distort(
  text: string,
  { fault, match }: FaultHit,
  request: MarketRequest,
  origin: string,
): string {
  const distortion = distortions[fault.kind] as ((given: DistortedBody, fault: Fault) => void) | undefined;
  if (distortion === undefined) return text;
  const body: unknown = JSON.parse(text);
  if (!isFields(body)) return text;
  distortion({ body, match, request, origin }, fault);
  return JSON.stringify(body);
}

/** True when the fault changes bodies. */
export function isDistortion({ fault }: FaultHit): boolean {
  return fault.kind in distortions;
}

function rowsOf({ body }: DistortedBody): readonly Fields[] {
  const { results } = body;
  return Array.isArray(results) ? results.filter(isFields) : [];
}

function setRows({ body }: DistortedBody, rows: readonly Fields[]): void {
  if (!Array.isArray(body['results'])) return;
  if (rows.length > 0) body['results'] = rows;
  else delete body['results'];
  for (const count of ['queryCount', 'resultsCount', 'count']) {
    if (count in body) body[count] = rows.length;
  }
}

/** False for rows of another ticker or session than the rule is for. */
function isMeant(given: DistortedBody, row: Fields): boolean {
  const { session } = given.match;
  return isNamed(given, row) && (session === undefined || sessionOf(given, row) === session);
}

const isOfBars = ({ endpoint }: MarketRequest) => endpoint === 'aggregates' || endpoint === 'marketDay';

function isNamed({ match: { symbol } }: DistortedBody, row: Fields): boolean {
  const named = row['T'] ?? row['ticker'];
  return symbol === undefined || named === undefined || named === symbol;
}

function sessionOf({ request }: DistortedBody, row: Fields): string | null {
  if (!isOfBars(request) || request.endpoint === 'marketDay') return request.range?.from ?? null;
  return typeof row['t'] === 'number' ? exchangeDate(row['t']) : null;
}

/** The row with its prices multiplied, so that low, high and close still fit each other. */
function scaled(row: Fields, factor: number): Fields {
  const prices = ['o', 'h', 'l', 'c', 'vw'].flatMap((name): readonly (readonly [string, number])[] => {
    const price = row[name];
    return typeof price === 'number' ? [[name, Math.round(price * factor * 10_000) / 10_000]] : [];
  });
  return { ...row, ...Object.fromEntries(prices) };
}
