import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endpoint, endpointOf } from '../../../src/providers/polygon/addresses.ts';

const baseUrl = 'https://api.massive.com';
const kindOf = (path: string, base = baseUrl) =>
  endpointOf(endpoint({ baseUrl: base }, path, { limit: '5' }));

test.each([
  ['/v2/aggs/grouped/locale/us/market/stocks/2024-05-01', 'market-day'],
  ['/v2/aggs/ticker/AAPL/range/1/day/2024-05-01/2024-05-31', 'series'],
  ['/v3/reference/tickers', 'instruments'],
  ['/v3/reference/tickers/AAPL', 'instrument'],
  ['/stocks/v1/splits', 'splits'],
  ['/stocks/v1/dividends', 'dividends'],
  ['/v1/anything', 'other'],
])('%s is counted as %s, behind whatever address', (path, kind) => {
  expect(kindOf(path)).toBe(kind);
  expect(kindOf(path, 'http://127.0.0.1:8090/polygon/')).toBe(kind);
});

const odd = fc.constantFrom('é', '😀', '/', '../..', 'A/v2/aggs/grouped/', '%2F', '\u0000');

test('no symbol and no page changes what an address is counted as', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ minLength: 1 }), odd), (text) => {
      // A URL takes these for a way to another folder.
      fc.pre(!/^\.{1,2}$/.test(text));
      const symbol = encodeURIComponent(text);
      expect(kindOf(`/v3/reference/tickers/${symbol}`)).toBe('instrument');
      expect(kindOf(`/v2/aggs/ticker/${symbol}/range/1/day/2024-05-01/2024-05-31`)).toBe('series');
    }),
    { seed: 15 },
  );
});
