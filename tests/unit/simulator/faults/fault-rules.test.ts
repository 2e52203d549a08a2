import { describe, expect, test } from 'vitest';
import { createFaultPicker } from '../../../../src/simulator/faults/fault-rules.ts';
import { parseFaultScript, type FaultScript } from '../../../../src/simulator/faults/fault-script.ts';
import { readMarketRequest, type MarketRequest } from '../../../../src/simulator/endpoints/market-request.ts';

function request(path: string): MarketRequest {
  const read = readMarketRequest(new URL(path, 'http://127.0.0.1'));
  if (read === null) throw new Error(`no endpoint: ${path}`);
  return read;
}

function picker(script: FaultScript) {
  const pick = createFaultPicker(parseFaultScript(script));
  return (path: string) => pick(request(path)).map(({ fault }) => fault.kind);
}

const apple = '/v2/aggs/ticker/AAPL/range/1/day/2024-03-04/2024-03-08';
const microsoft = '/v2/aggs/ticker/MSFT/range/1/day/2024-03-04/2024-03-08';
const day = '/v2/aggs/grouped/locale/us/market/stocks/2024-03-05';

describe('a fault rule', () => {
  test('befalls as many matches as it says, after those it lets pass', () => {
    const pick = picker([{ after: 1, times: 2, fault: { kind: 'cut' } }]);
    expect([apple, day, apple, day].map(pick)).toEqual([[], ['cut'], ['cut'], []]);
  });

  test('waits until the rules before it are used up', () => {
    const pick = picker([
      { times: 1, fault: { kind: 'html' } },
      { times: 1, fault: { kind: 'cut' } },
    ]);
    expect([apple, apple, apple].map(pick)).toEqual([['html'], ['cut'], []]);
  });

  test.each([
    [{ endpoint: 'marketDay' as const }, [[], [], ['cut']]],
    [{ symbol: 'MSFT' }, [[], ['cut'], []]],
    [{ session: '2024-03-05' }, [['cut'], ['cut'], ['cut']]],
    [{ session: '2024-03-08' }, [['cut'], ['cut'], []]],
    [{ session: '2024-03-11' }, [[], [], []]],
  ])('matches by %j', (match, expected) => {
    const pick = picker([{ match, fault: { kind: 'cut' } }]);
    expect([apple, microsoft, day].map(pick)).toEqual(expected);
  });

  test('of rows reaches one symbol within a market day, a fault of the whole answer does not', () => {
    expect(picker([{ match: { symbol: 'AAPL' }, fault: { kind: 'duplicateRows' } }])(day)).toHaveLength(1);
    expect(picker([{ match: { symbol: 'AAPL' }, fault: { kind: 'html' } }])(day)).toEqual([]);
  });

  test('of a short market day leaves other endpoints alone', () => {
    const pick = picker([{ times: 1, fault: { kind: 'shortMarketDay', fraction: 0.5 } }]);
    expect([apple, day].map(pick)).toEqual([[], ['shortMarketDay']]);
  });

  test('of a changed bar comes on top of others, for requests that cover the session', () => {
    const pick = picker([
      { times: 1, fault: { kind: 'slow', ms: 0 } },
      { fault: { kind: 'changedBar', session: '2024-03-08', factor: 2 } },
    ]);
    expect([apple, microsoft, day].map(pick)).toEqual([['changedBar', 'slow'], ['changedBar'], []]);
  });

  test('a random mix repeats itself with the seed and keeps to its probability', () => {
    const script = (seed: number): FaultScript => [{ fault: { kind: 'random', seed, probability: 0.3 } }];
    const run = (seed: number) => {
      const pick = picker(script(seed));
      return Array.from({ length: 1_000 }, () => pick(apple).join());
    };
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
    const hit = run(1).filter((kind) => kind !== '');
    expect(hit.length).toBeGreaterThan(230);
    expect(hit.length).toBeLessThan(370);
    expect(new Set(hit).size).toBeGreaterThan(3);
  });
});
