/** Waves of requests: how many batches, and how long they may take by the pace alone. */
export interface PlannedWave {
  readonly batches: number;
  /** Batches under way at once. */
  readonly window: number;
  /** How long one batch may take. */
  readonly seconds: number;
  /** How long all of them may take. */
  readonly totalSeconds: number;
  /** What its batches ask; absent: what has failed is asked again. */
  readonly contents?: WaveContents;
}

/** The requests of a wave in their order: those of the whole market first, so many of them a batch. */
export interface WaveContents {
  readonly size: number;
  readonly wholeMarket: number;
  readonly perSymbol: number;
  /** No symbol is asked for twice. */
  readonly oneEach: boolean;
}

/** The pace of a source, in requests. */
export interface Pace {
  /** Requests of one batch. */
  readonly size: number;
  secondsFor(requests: number): number;
  waveOf(batches: number): PlannedWave;
}

/** A batch of requests should not last longer than this. */
const batchMinutes = 10;
/** From this rate on one batch writes, one is decided on, and one asks. */
const fastRequestsPerMinute = 600;
const batchesAtOnce = 3;

/** How long requests take at a rate, and how they are cut into batches. */
export function paceFor(requestsPerMinute: number, batchSize: number): Pace {
  const secondsFor = (requests: number) => Math.ceil((requests * 61) / requestsPerMinute);
  const size = Math.max(1, Math.min(batchSize, Math.floor(requestsPerMinute * batchMinutes)));
  const window = requestsPerMinute >= fastRequestsPerMinute ? batchesAtOnce : 1;
  return {
    size,
    secondsFor,
    waveOf: (batches) => ({
      batches,
      window,
      seconds: secondsFor(size * window),
      totalSeconds: secondsFor(batches * size),
    }),
  };
}
