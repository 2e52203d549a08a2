/** What is looked at again and again for everybody who looks. */
export interface Sight {
  /** By matter: another text once what pages show of it is another. */
  readonly marks: Readonly<Record<string, string>>;
  /** Services that do not answer, as pages call them. */
  readonly away: readonly string[];
}

/** What has changed since the last look. */
export interface Change extends Pick<Sight, 'away'> {
  readonly matters: readonly string[];
}

/** One look every so often, whoever many listen; none while nobody does. */
export interface Poller {
  /** Hears of each change, and first of how things stand; returns what ends that. */
  readonly listen: (hear: (change: Change) => void) => () => void;
  readonly listeners: () => number;
  /** How many changes there have been. */
  readonly changes: () => number;
}

interface Polling {
  /** Never rejects: what cannot be read is away. */
  readonly look: () => Promise<Sight>;
  readonly everyMs: number;
}

export function createPoller({ look, everyMs }: Polling): Poller {
  const hearers = new Set<(change: Change) => void>();
  let timer: NodeJS.Timeout | null = null;
  let isLooking = false;
  let last: Sight | null = null;
  let changes = 0;

  const tell = (change: Change) => {
    for (const hear of hearers) hear(change);
  };
  const lookAgain = async () => {
    timer = null;
    isLooking = true;
    const sight = await look();
    isLooking = false;
    const change = changeOf(last, sight);
    last = sight;
    if (change !== null) {
      changes += 1;
      tell(change);
    }
    if (hearers.size > 0) timer = setTimeout(() => void lookAgain(), everyMs);
    // What was seen is old by the time that somebody looks again.
    else last = null;
  };
  return {
    listeners: () => hearers.size,
    changes: () => changes,
    listen(hear) {
      hearers.add(hear);
      hear({ matters: [], away: last?.away ?? [] });
      if (timer === null && !isLooking) void lookAgain();
      return () => {
        hearers.delete(hear);
        if (hearers.size > 0 || timer === null) return;
        clearTimeout(timer);
        [timer, last] = [null, null];
      };
    },
  };
}

/** Null: nothing has changed. The first look is none. */
function changeOf(last: Sight | null, { marks, away }: Sight): Change | null {
  if (last === null) return away.length > 0 ? { matters: [], away } : null;
  const matters = Object.keys(marks).filter((matter) => marks[matter] !== last.marks[matter]);
  const isOther = away.join() !== last.away.join();
  return matters.length > 0 || isOther ? { matters, away } : null;
}
