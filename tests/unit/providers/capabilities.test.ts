import { expect, test } from 'vitest';
import { sourceNames, sources } from '../../../src/domain/source.ts';
import { providers } from '../../../src/providers/index.ts';

const deps = {
  baseUrl: 'http://127.0.0.1:9',
  apiKey: 'none',
  beforeRequest: () => Promise.resolve(),
  sessionsBetween: () => [],
};

test.each(sourceNames)('%s is made with the capabilities that it declares, under its own name', (source) => {
  const { series, wholeMarket, reference, actions, fundamentals } = providers[source](deps);
  const declared = sources[source];
  expect({
    wholeMarket: wholeMarket !== null,
    reference: reference !== null,
    marketActions: actions !== null,
    fundamentals: fundamentals !== null,
  }).toEqual({
    wholeMarket: declared.wholeMarket,
    reference: declared.reference,
    marketActions: declared.marketActions,
    fundamentals: declared.fundamentals,
  });
  const names = [series, wholeMarket, reference, actions, fundamentals].flatMap((one) => one?.name ?? []);
  expect(new Set(names)).toEqual(new Set([source]));
});
