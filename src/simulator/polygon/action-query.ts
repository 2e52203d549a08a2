import { isCalendarDate } from '../../domain/date-range.ts';
import type { BookEntry } from './action-book.ts';
import { BadQuery } from './page-options.ts';

const comparisons: Readonly<Record<string, (value: string, bound: string) => boolean>> = {
  '': (value, bound) => value === bound,
  '.gt': (value, bound) => value > bound,
  '.gte': (value, bound) => value >= bound,
  '.lt': (value, bound) => value < bound,
  '.lte': (value, bound) => value <= bound,
};
const ofPages = ['limit', 'sort', 'cursor', 'offset'];

/** The entries a query's filters leave; throws `BadQuery` for one the simulated market does not know. */
export function filterOf(query: URLSearchParams, dateName: string): (entry: BookEntry) => boolean {
  const tests = [...query].flatMap(([name, value]) =>
    ofPages.includes(name) ? [] : [testOf(name, value, dateName)],
  );
  return (entry) => tests.every((test) => test(entry));
}

function testOf(name: string, value: string, dateName: string): (entry: BookEntry) => boolean {
  if (name === 'ticker.any_of') {
    const tickers = value.split(',');
    return ({ symbol }) => tickers.includes(symbol);
  }
  const [, field = '', operator = ''] = /^(.*?)(\.\w+)?$/.exec(name) ?? [];
  const compare = comparisons[operator];
  if (compare === undefined || (field !== 'ticker' && field !== dateName)) {
    throw new BadQuery(`the simulated market knows no filter '${name}'`);
  }
  if (field === 'ticker') return ({ symbol }) => compare(symbol, value);
  if (!isCalendarDate(value)) throw new BadQuery(`'${name}' must be YYYY-MM-DD`);
  return ({ action: { exDate } }) => compare(exDate, value);
}

/** The order a query asks for, by date and falling when it names none. */
export function orderOf(query: URLSearchParams, dateName: string): (a: BookEntry, b: BookEntry) => number {
  const keys = (query.get('sort') ?? `${dateName}.desc`).split(',').map((column) => {
    const [, field, direction = '.asc'] = /^(\w+)(\.asc|\.desc)?$/.exec(column) ?? [];
    if (field !== 'ticker' && field !== dateName) throw new BadQuery(`cannot sort by '${column}'`);
    return { byTicker: field === 'ticker', sign: direction === '.desc' ? -1 : 1 };
  });
  return (a, b) => {
    for (const { byTicker, sign } of keys) {
      const [left, right] = byTicker ? [a.symbol, b.symbol] : [a.action.exDate, b.action.exDate];
      if (left !== right) return left < right ? -sign : sign;
    }
    return 0;
  };
}
