/** A query the provider would refuse; the message is what it says. */
export class BadQuery extends Error {
  override readonly name = 'BadQuery';
}

/** The query of a page: what its cursor holds, or for a first page the query itself. */
export function pageQuery(query: URLSearchParams): URLSearchParams {
  const cursor = query.get('cursor');
  if (cursor === null) return query;
  const text = Buffer.from(cursor, 'base64url').toString();
  if (!/^[\w%.=&|+-]+$/.test(text) || !text.includes('limit=')) throw new BadQuery('Invalid cursor');
  return new URLSearchParams(text);
}

/** The cursor that carries those parameters, as the provider builds its own. */
export function cursorOf(parameters: Readonly<Record<string, string>>): string {
  return Buffer.from(new URLSearchParams(parameters).toString()).toString('base64url');
}

/** The `limit` of a query; throws `BadQuery` beyond the provider's maximum. */
export function readLimit(query: URLSearchParams, usual: number, most: number): number {
  const text = query.get('limit');
  if (text === null) return usual;
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > most) throw new BadQuery(`'limit' must be from 1 to ${most}`);
  return limit;
}

/** One of the words allowed for a parameter, the first when it is absent; throws `BadQuery` for any other. */
export function readWord<const Word extends string>(
  query: URLSearchParams,
  name: string,
  allowed: readonly [Word, ...Word[]],
): Word {
  const text = query.get(name);
  if (text === null) return allowed[0];
  const word = allowed.find((one) => one === text);
  if (word === undefined) throw new BadQuery(`'${name}' must be one of ${allowed.join(', ')}`);
  return word;
}
