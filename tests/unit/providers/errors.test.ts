import { expect, test } from 'vitest';
import * as errors from '../../../src/domain/provider-errors.ts';

/** Retry policies name these, and the ledger keeps them: a change of a name or of `passing` is a change of behaviour. */
const passing = {
  SymbolNotFound: false,
  Unauthorized: false,
  NotEntitled: false,
  NotYetAvailable: true,
  RequestRefused: false,
  RateLimited: true,
  ProviderUnavailable: true,
  ResponseTimedOut: true,
  MalformedResponse: false,
  DoubtedResponse: true,
  ResponseTooLarge: false,
  BrokenPaging: false,
};

test('every provider error is listed here', () => {
  const { passingErrorKinds, ...classes } = errors;
  expect(Object.keys(classes).sort()).toEqual(['ProviderError', ...Object.keys(passing)].sort());
  const names = Object.entries(passing).flatMap(([name, passes]) => (passes ? name : []));
  expect([...passingErrorKinds].sort()).toEqual(names.sort());
});

test.each([
  new errors.SymbolNotFound('A'),
  new errors.Unauthorized('m'),
  new errors.NotEntitled('m'),
  new errors.NotYetAvailable('m'),
  new errors.RequestRefused('m'),
  new errors.RateLimited('m', null),
  new errors.ProviderUnavailable('m'),
  new errors.ResponseTimedOut('m'),
  new errors.MalformedResponse('m'),
  new errors.DoubtedResponse('m', []),
  new errors.ResponseTooLarge('m'),
  new errors.BrokenPaging('m'),
])('$name carries the name of its class and tells whether it passes', (error) => {
  expect(error).toBeInstanceOf(errors.ProviderError);
  expect(error.name).toBe(error.constructor.name);
  expect(error.passing).toBe(passing[error.name]);
});
