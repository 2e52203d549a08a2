/** What is known of an instrument's sessions beside an answer, as days since 1970-01-01. */
export interface KnownDays {
  /** A bar is stored. */
  readonly traded: ReadonlySet<number>;
  /** Known to have had no trade. */
  readonly quiet: ReadonlySet<number>;
  /** Known to lie outside of the listing. */
  readonly unlisted: ReadonlySet<number>;
  /** Seen to be silent before, not believed yet: when that was, epoch milliseconds. */
  readonly suspected: ReadonlyMap<number, number>;
}

/** What is known of the parts of sessions, by the epoch milliseconds at which each begins. */
export interface KnownParts {
  /** A bar is stored, or known not to be. */
  readonly accounted: ReadonlySet<number>;
  /** Seen to be silent before, not believed yet: when that was, epoch milliseconds. */
  readonly suspected: ReadonlyMap<number, number>;
}

export const nothingKnown: KnownDays = {
  traded: new Set(),
  quiet: new Set(),
  unlisted: new Set(),
  suspected: new Map(),
};

/** Sessions on either side that a silence is held against. */
const sessionsAround = 20;
/** Who trades on so many of them does so every day: his silence is a fault before it is a fact. */
const steadyShare = 0.8;

/** A listed instrument without a trade in more sessions running than this is a provider's lapse, not a fact. */
export const longestSilence = 5;

/** Of who trades less often, a silence this unlikely is none. */
const unlikely = Math.log(1e-4);

/** How often there was a bar: of the sessions, or parts of them, that are counted. */
export interface Trading {
  readonly traded: number;
  readonly counted: number;
}

/** True of what trades on four fifths of the sessions, or bars, that are counted. */
export function isSteady({ traded, counted }: Trading): boolean {
  return counted > 0 && traded >= steadyShare * counted;
}

/** A session as an answer and the store leave it; `unknown` was never answered for good, and says nothing. */
type State = 'traded' | 'quiet' | 'silent' | 'unknown';

interface Timeline {
  readonly days: readonly number[];
  readonly stateOf: ReadonlyMap<number, State>;
}

interface Stretch {
  readonly begin: number;
  /** The index after its last session. */
  readonly end: number;
}

/**
 * Those of the silent days around which the instrument traded on four fifths of the sessions, by the answer or the store,
 * near by or as a whole, or so often that their stretch is no chance. A stretch does not count for itself, nor for what
 * is steady another one that is too long for a quiet spell.
 */
export function silentAmidTrading(
  { silent, answered }: { readonly silent: Iterable<number>; readonly answered: Iterable<number> },
  known: KnownDays,
): ReadonlySet<number> {
  const timeline = timelineOf(silent, answered, known);
  const stretches = stretchesOf(timeline);
  const lapses = lapsesAmong(timeline, stretches);
  const steadyAsAWhole = isSteady(tradingIn(timeline, lapses));
  const doubted = new Set<number>();
  for (const stretch of stretches) {
    const near = () => isSteady(tradingAround(timeline, stretch, lapses));
    const chance = () => isChance(stretch, tradingAround(timeline, stretch, new Set()));
    if (!steadyAsAWhole && !near() && chance()) continue;
    for (const day of timeline.days.slice(stretch.begin, stretch.end)) doubted.add(day);
  }
  return doubted;
}

/** True of a silence that may well happen to an instrument that trades as often as counted. */
function isChance({ begin, end }: Stretch, { traded, counted }: Trading): boolean {
  return counted === 0 || (end - begin) * Math.log1p(-traded / counted) >= unlikely;
}

/** The days of the stretches that are too long for a quiet spell of what trades every day. */
function lapsesAmong({ days }: Timeline, stretches: readonly Stretch[]): ReadonlySet<number> {
  const long = stretches.filter(({ begin, end }) => end - begin > longestSilence);
  return new Set(long.flatMap(({ begin, end }) => days.slice(begin, end)));
}

function tradingIn({ days, stateOf }: Timeline, lapses: ReadonlySet<number>): Trading {
  const counted = days.filter((day) => stateOf.get(day) !== 'unknown' && !lapses.has(day));
  return {
    traded: counted.filter((day) => stateOf.get(day) === 'traded').length,
    counted: counted.length,
  };
}

function timelineOf(silent: Iterable<number>, answered: Iterable<number>, known: KnownDays): Timeline {
  const stateOf = new Map<number, State>();
  for (const day of known.suspected.keys()) stateOf.set(day, 'unknown');
  for (const day of silent) stateOf.set(day, 'silent');
  for (const day of known.quiet) stateOf.set(day, 'quiet');
  for (const day of known.traded) stateOf.set(day, 'traded');
  for (const day of answered) stateOf.set(day, 'traded');
  return { days: [...stateOf.keys()].sort((one, other) => one - other), stateOf };
}

function stretchesOf({ days, stateOf }: Timeline): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let begin = 0;
  days.forEach((day, index) => {
    if (stateOf.get(day) !== 'silent') begin = index + 1;
    else if (stateOf.get(days[index + 1] ?? NaN) !== 'silent') stretches.push({ begin, end: index + 1 });
  });
  return stretches;
}

/** The trading on both sides of a stretch, some sessions far; those that are left out do not count. */
function tradingAround(
  { days, stateOf }: Timeline,
  { begin, end }: Stretch,
  leftOut: ReadonlySet<number>,
): Trading {
  const sum = { traded: 0, counted: 0 };
  for (const [from, step] of [
    [begin - 1, -1],
    [end, 1],
  ] as const) {
    let left = sessionsAround;
    for (let index = from; index >= 0 && index < days.length && left > 0; index += step) {
      const day = days[index] ?? NaN;
      const state = stateOf.get(day);
      if (state === 'unknown' || leftOut.has(day)) continue;
      left -= 1;
      sum.counted += 1;
      if (state === 'traded') sum.traded += 1;
    }
  }
  return sum;
}
