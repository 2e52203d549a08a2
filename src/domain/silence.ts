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

/** True of a silence of so many sessions that the trading around makes a fault rather than a fact. */
function isDoubtful(length: number, trading: Trading): boolean {
  return isSteady(trading) || length * Math.log1p(-trading.traded / trading.counted) < unlikely;
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
 * Those of the silent days around which the instrument traded on four fifths of the sessions, by the answer or the
 * store, or so often that their stretch is no chance. A stretch does not count for itself, nor does another one that is
 * too long for a quiet spell.
 */
export function silentAmidTrading(
  { silent, answered }: { readonly silent: Iterable<number>; readonly answered: Iterable<number> },
  known: KnownDays,
): ReadonlySet<number> {
  const timeline = timelineOf(silent, answered, known);
  const stretches = stretchesOf(timeline);
  const doubted = new Set<number>();
  for (const stretch of stretches) {
    if (!isDoubtful(stretch.end - stretch.begin, around(timeline, stretches, stretch))) continue;
    for (const day of timeline.days.slice(stretch.begin, stretch.end)) doubted.add(day);
  }
  return doubted;
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

/** The trading on both sides of a stretch. */
function around(timeline: Timeline, stretches: readonly Stretch[], { begin, end }: Stretch): Trading {
  const { days, stateOf } = timeline;
  const lapses = new Set(
    stretches
      .filter((other) => other.end - other.begin > longestSilence)
      .flatMap((other) => days.slice(other.begin, other.end)),
  );
  const sum = { traded: 0, counted: 0 };
  for (const [from, step] of [
    [begin - 1, -1],
    [end, 1],
  ] as const) {
    let left = sessionsAround;
    for (let index = from; index >= 0 && index < days.length && left > 0; index += step) {
      const day = days[index] ?? NaN;
      const state = stateOf.get(day);
      if (state === 'unknown' || lapses.has(day)) continue;
      left -= 1;
      sum.counted += 1;
      if (state === 'traded') sum.traded += 1;
    }
  }
  return sum;
}
