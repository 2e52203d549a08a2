import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { isCalendarDate } from '../../domain/date-range.ts';
import { endpoints } from '../endpoints/market-request.ts';

const session = z.string().refine(isCalendarDate, 'expected a date YYYY-MM-DD');
const fraction = z.number().min(0).max(1);
const kind = <const Kind extends string, Shape extends z.ZodRawShape>(name: Kind, shape: Shape) =>
  z.strictObject({ kind: z.literal(name), ...shape });

/** Answers something else in place of the honest answer. */
const replacing = [
  kind('status', {
    status: z.int().min(200).max(599),
    body: z.json().optional(),
    retryAfterSeconds: z.number().nonnegative().optional(),
    /** As a number of seconds, or as the date that lies so far ahead of the market's clock. */
    retryAfterAs: z.enum(['seconds', 'date']).optional(),
    /** The header as it is, in place of those: it may be nonsense. */
    retryAfter: z.string().optional(),
  }),
  kind('html', { status: z.int().min(200).max(599).default(502) }),
  kind('notYet', {}),
  /** Renews the crumb, so that the one a client has is refused until it asks for another. */
  kind('staleCrumb', {}),
] as const;

/** Sends the answer badly. */
const sending = [
  kind('slow', { ms: z.int().nonnegative() }),
  kind('drip', { chunkBytes: z.int().positive().default(16), everyMs: z.int().positive().default(100) }),
  kind('cut', { afterBytes: z.int().nonnegative().optional() }),
] as const;

/** Answers something that is not true, or not what was asked for. */
const distorting = [
  kind('duplicateRows', {}),
  kind('conflictingRows', {}),
  kind('loopingPages', {}),
  kind('endlessPages', {}),
  kind('foreignPages', { origin: z.url().default('http://other-host.invalid') }),
  kind('wrongTicker', { ticker: z.string().default('WRONG') }),
  kind('malformed', {
    field: z.string().optional(),
    value: z.json().default('not a number'),
    count: z.int().positive().default(1),
  }),
  /** Rows that lack at the beginning, at the end, or of some sessions. */
  kind('missingRows', {
    first: z.int().nonnegative().default(0),
    last: z.int().nonnegative().default(0),
    sessions: z.array(session).default([]),
  }),
  /** A page that says it is the last one. */
  kind('noNextPage', {}),
  kind('changedBar', { session, factor: z.number().positive() }),
  kind('shortMarketDay', { fraction: fraction.default(1), without: z.array(z.string()).default([]) }),
] as const;

/** Of Yahoo's charts: a row is the first of the rule's session, or the last one of the answer. */
const distortingCharts = [
  kind('nullRow', {}),
  kind('partlyNullRow', { field: z.string().default('close') }),
  kind('zeroVolumeRow', {}),
  kind('missingLastHour', {}),
  kind('wrongMeta', { field: z.string().default('dataGranularity'), value: z.json().default('3mo') }),
] as const;

/** Corporate actions told otherwise than they were, in lists and charts: the one of that ex-date, or all of the answer. */
const exDate = session.optional();
const distortingActions = [
  kind('movedAction', { exDate, days: z.int() }),
  kind('wrongRatio', { exDate, after: z.number().positive(), before: z.number().positive() }),
  kind('wrongAmount', { exDate, factor: z.number().positive() }),
  kind('doubledAction', { exDate, days: z.int().default(0) }),
  kind('missingAction', { exDate }),
  kind('foreignCurrency', { exDate, currency: z.string().default('CAD') }),
] as const;

/** Charts whose prices of the sessions from `from` on and before `before` are in other shares than they should be. */
const distortingSeries = [
  kind('otherShares', { from: session.optional(), before: session, ratio: z.number().positive() }),
] as const;

/** What is told of tickers otherwise than it is: lists with holes, companies without a FIGI, changes on another day. */
const distortingReference = [
  kind('shortList', { fraction }),
  kind('missingTicker', {}),
  kind('missingFigi', {}),
  kind('movedEvent', { days: z.int(), ticker: z.string().optional() }),
] as const;

const simpleFaults = [
  ...replacing,
  ...sending,
  ...distorting,
  ...distortingCharts,
  ...distortingActions,
  ...distortingSeries,
  ...distortingReference,
] as const;
/** Every kind that a script can name. */
export const faultKinds: readonly string[] = [...simpleFaults.map(({ shape }) => shape.kind.value), 'random'];
const simpleFault = z.discriminatedUnion('kind', simpleFaults);

/** One of `faults` with that probability, by the seed and the number of the match, so that a run can be repeated. */
const randomFault = kind('random', {
  seed: z.int().default(1),
  probability: fraction,
  faults: z
    .array(simpleFault)
    .min(1)
    .default([
      { kind: 'status', status: 500 },
      { kind: 'status', status: 429 },
      { kind: 'status', status: 429, retryAfterSeconds: 1 },
      { kind: 'html', status: 502 },
      { kind: 'cut' },
      { kind: 'slow', ms: 50 },
    ]),
});

const faultRule = z.strictObject({
  match: z
    .strictObject({
      endpoint: z.enum(endpoints).optional(),
      symbol: z.string().optional(),
      session: session.optional(),
    })
    .default({}),
  /** How many requests it hits, without end by default. */
  times: z.int().positive().optional(),
  /** How many matching requests it lets pass first. */
  after: z.int().nonnegative().default(0),
  fault: z.discriminatedUnion('kind', [...simpleFaults, randomFault]),
});

const faultScript = z.array(faultRule);

/** What a script says, as written in JSON. */
export type FaultScript = z.input<typeof faultScript>;
export type FaultRule = z.output<typeof faultRule>;
export type Fault = z.output<typeof simpleFault>;
export type FaultOf<Kind extends Fault['kind']> = Extract<Fault, { kind: Kind }>;

/** A script that cannot be followed; the message names every place and what is wrong there. */
export class BadFaultScript extends Error {
  override readonly name = 'BadFaultScript';
  readonly remedy = 'correct the script: a JSON array of { match, fault } rules';
}

/** Checks a script and fills in its defaults; `origin` names it in the error. Throws `BadFaultScript`. */
export function parseFaultScript(value: unknown, origin = 'fault script'): readonly FaultRule[] {
  const parsed = faultScript.safeParse(value);
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.map(
    ({ path, message }) => `${z.core.toDotPath(path) || 'the script'}: ${message}`,
  );
  throw new BadFaultScript(`${origin}: ${places.join('; ')}`);
}

/** Reads and checks a script file. */
export async function readFaultScript(path: string): Promise<FaultScript> {
  const text = await readFile(path, 'utf8');
  return [...parseFaultScript(parseJson(text, path), path)];
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BadFaultScript(`${path}: not JSON`, { cause });
  }
}
