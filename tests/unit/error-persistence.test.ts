import { expect, test } from 'vitest';
import { activityFailure } from '../../activities/failures.ts';
import { OutsideCalendar } from '../../src/calendar/exchange-calendar.ts';
import { ProviderUnavailable, Unauthorized } from '../../src/domain/provider-errors.ts';
import { InvalidInput } from '../../src/flows/input.ts';
import { persistenceOf, type Persistence } from '../../src/store/error-persistence.ts';

const coded = (code: string, message = 'as it is said') => Object.assign(new Error(message), { code });

const states: Readonly<Record<Persistence, readonly string[]>> = {
  passes: [
    ...['08000', '08001', '08003', '08004', '08006', '08007', '25006', '25P03', '25P04', '26000'],
    ...['28000', '28P01', '40000', '40001', '40003', '40P01', '53000', '53100', '53200', '53300', '53400'],
    ...['55006', '55P03', '57000', '57014', '57P01', '57P02', '57P03', '57P05', '58000', '58030'],
  ],
  lasts: [
    ...['08P01', '0A000', '21000', '22000', '22001', '22003', '22007', '22008', '22021', '22P02', '22P05'],
    ...['23000', '23001', '23502', '23503', '23505', '23514', '23P01', '25001', '25P02', '2BP01', '3D000'],
    ...['3F000', '40002', '42501', '42601', '42703', '42804', '42883', '42P01', '42P10', '44000', '54000'],
    ...['57P04', '58P01', 'P0001', 'XX001', 'XX002'],
  ],
  unknown: ['55000', 'HV000', 'XX000'],
};

const byState = Object.entries(states).flatMap(([persistence, codes]) =>
  codes.map((code) => [code, persistence] as const),
);

test.each(byState)('SQLSTATE %s: %s', (code, persistence) => {
  expect(persistenceOf(coded(code))).toBe(persistence);
});

const refused = coded('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:5433');

test.each<readonly [string, unknown, Persistence]>([
  ['a refused connection', refused, 'passes'],
  ['both addresses refused', new AggregateError([refused, coded('ETIMEDOUT')]), 'passes'],
  ['a socket that is not there yet', Object.assign(coded('ENOENT'), { syscall: 'connect' }), 'passes'],
  ['a file that is not there', Object.assign(coded('ENOENT'), { syscall: 'open' }), 'unknown'],
  ['a name server that is away', coded('EAI_AGAIN'), 'passes'],
  ['a broken pipe', coded('EPIPE'), 'passes'],
  ['a full disk', coded('ENOSPC'), 'passes'],
  ['a connection that went', new Error('Connection terminated unexpectedly'), 'passes'],
  ['a pool without a free one', new Error('timeout exceeded when trying to connect'), 'passes'],
  ['a pool that was closed', new Error('Cannot use a pool after calling end on the pool'), 'passes'],
  ['a cause that passes', new Error('as told', { cause: new Error('again', { cause: refused }) }), 'passes'],
  ['a cause that lasts', new Error('as told', { cause: coded('42P01') }), 'lasts'],
  ['a mistake in the program', new TypeError('x is not a function'), 'lasts'],
  ['a date that there is not', new RangeError('Invalid time value'), 'lasts'],
  ['a word of five letters', coded('EPERM'), 'unknown'],
  ['what nobody knows', new Error('something'), 'unknown'],
  ['what is no error', 'something', 'unknown'],
])('%s', (_, error, persistence) => {
  expect(persistenceOf(error)).toBe(persistence);
});

test('a cause that is its own cause has an end', () => {
  const error = new Error('round and round');
  error.cause = error;
  expect(persistenceOf(error)).toBe('unknown');
});

const minuteMs = 60_000;
const outageMs = 10 * minuteMs;
const early = { attempt: 1, sinceMs: 0 };
const late = { attempt: 30, sinceMs: 11 * minuteMs };

test.each<readonly [string, unknown, typeof early, object]>([
  ['a missing table fails at once', coded('42P01'), early, { nonRetryable: true, type: 'Error' }],
  ['a mistake fails at once', new TypeError('no'), early, { nonRetryable: true, type: 'TypeError' }],
  [
    'wrong input fails at once',
    new InvalidInput('x', []),
    early,
    { nonRetryable: true, type: 'InvalidInput' },
  ],
  ['a date outside fails at once', new OutsideCalendar('1950-01-02'), early, { nonRetryable: true }],
  ['a wrong key fails at once', new Unauthorized('no'), early, { nonRetryable: true, type: 'Unauthorized' }],
  ['a provider that is away is tried again', new ProviderUnavailable('no'), late, { nonRetryable: false }],
  [
    'a refused connection is tried again',
    refused,
    early,
    { nonRetryable: false, type: 'InfrastructureFailed' },
  ],
  ['after ten minutes it is an outage', refused, late, { nonRetryable: true, type: 'Outage' }],
  ['a long first attempt is none', refused, { attempt: 1, sinceMs: 11 * minuteMs }, { nonRetryable: false }],
  ['what nobody knows is tried again', new Error('so'), { attempt: 4, sinceMs: 0 }, { nonRetryable: false }],
  ['but not for ever', new Error('so'), { attempt: 5, sinceMs: 0 }, { nonRetryable: true }],
])('%s', (_, error, attempt, failure) => {
  expect(activityFailure(error, attempt, outageMs)).toMatchObject(failure);
});
