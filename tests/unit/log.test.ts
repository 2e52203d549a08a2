import { expect, test } from 'vitest';
import { activityFailure } from '../../activities/failures.ts';
import { secretValues } from '../../src/config.ts';
import { createLogger } from '../../src/log.ts';
import { seededRandom } from '../support/faulty-splits.ts';

interface Line extends Readonly<Record<string, unknown>> {
  readonly msg?: string;
}

/** A logger, and what it has written so far. */
function logged(secrets: readonly string[] = []) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ level: 'trace', name: 'test', secrets, destination });
  return { logger, lines, parsed: () => lines.map((line) => JSON.parse(line) as Line) };
}

function failure(): Error {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', port: 5432 });
  return new TypeError('the store is away', { cause: new Error('no connection', { cause: refused }) });
}

test.each(['error', 'err', 'reason', 'failure', 'e'])('an error logged as %s keeps its causes', (name) => {
  const { logger, parsed } = logged();
  logger.warn({ [name]: failure(), batch: 3 }, 'it failed');
  expect(parsed()).toMatchObject([
    {
      msg: 'it failed',
      batch: 3,
      [name]: {
        kind: 'TypeError',
        message: 'the store is away',
        stack: expect.stringContaining('log.test.ts') as string,
        cause: { message: 'no connection', cause: { code: 'ECONNREFUSED', port: 5432 } },
      },
    },
  ]);
});

test('an activity that failed is logged as Temporal logs it, with its message and its causes', () => {
  const { logger, parsed } = logged();
  const error = activityFailure(failure(), { attempt: 1, sinceMs: 0 }, 600_000);
  logger.warn({ activityType: 'loadBatch', error, durationMs: 3 }, 'Activity failed');
  const cause = { message: 'no connection', cause: { code: 'ECONNREFUSED' } };
  expect(parsed()).toMatchObject([
    {
      msg: 'Activity failed',
      error: { message: 'the store is away', cause: { kind: 'TypeError', cause } },
    },
  ]);
});

test('errors in lists, in objects, and in an AggregateError are written, and what goes in circles ends', () => {
  const { logger, parsed } = logged();
  const circle: { self?: unknown; error: Error } = { error: failure() };
  circle.self = circle;
  const many = new AggregateError([new RangeError('one'), failure()], 'both');
  const own = new Error('mine');
  own.cause = own;
  logger.error(
    { circle, many, own, list: [new Error('in a list')], big: 2n ** 70n, bytes: Buffer.alloc(9) },
    'm',
  );
  expect(parsed()).toMatchObject([
    {
      circle: { self: '...', error: { kind: 'TypeError' } },
      many: { message: 'both', errors: [{ kind: 'RangeError' }, { cause: {} }] },
      own: { message: 'mine', cause: '...' },
      list: [{ message: 'in a list' }],
      big: '1180591620717411303424',
      bytes: '9 bytes',
    },
  ]);
});

test('an error that is the whole of a line is written as well', () => {
  const { logger, parsed } = logged();
  logger.error(failure());
  expect(parsed()).toMatchObject([{ err: { kind: 'TypeError', cause: { cause: { port: 5432 } } } }]);
});

test('no secret is in any line, however it is written there', () => {
  const random = seededRandom(13);
  const letters = 'aB9"\\/@ :%+é\n';
  for (let round = 0; round < 500; round += 1) {
    const secret = Array.from(
      { length: 6 + Math.floor(random() * 20) },
      () => letters[Math.floor(random() * letters.length)],
    ).join('');
    const { logger, lines, parsed } = logged([secret]);
    const cause = new Error(`GET https://host/x?apiKey=${encodeURIComponent(secret)}`);
    logger.warn(
      { error: new Error(`with ${secret}`, { cause }), deep: { list: [secret] } },
      `said ${secret}`,
    );
    expect(JSON.stringify(parsed())).not.toContain(JSON.stringify(secret).slice(1, -1));
    expect(lines.join('')).not.toContain(encodeURIComponent(secret));
  }
});

test('the password of a URL is hidden, whoever set it; short secrets spoil no words', () => {
  const { logger, lines } = logged(['x', '']);
  logger.info({ url: 'postgres://postgres:d0c6@127.0.0.1:5433/trading', exit: 'next' }, 'https://host/a@b');
  expect(lines[0]).toContain('postgres://postgres:***@127.0.0.1:5433/trading');
  expect(lines[0]).toContain('"exit":"next"');
  expect(lines[0]).toContain('https://host/a@b');
});

test('the secrets of the environment are known, of a URL its password and what its query tells of who one is', () => {
  const environment = {
    DATABASE_URL: 'postgres://me:p%40ss@host:5432/trading?sslmode=require&sslpassword=of+a+key',
    MASSIVE_API_KEY: 'a key',
    POSTGRES_PASSWORD: '',
    TEMPORAL_NAMESPACE: 'default',
  };
  expect(secretValues(environment, null)).toEqual(['p@ss', 'of a key', 'a key']);
});
