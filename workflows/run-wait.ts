/** What a run waits for, and until when; ISO 8601, null where that is not known. */
export interface RunWait {
  readonly what: string;
  readonly until: string | null;
}

/** A wait that ends so long from now, for workflows. */
export function waitFor(what: string, ms: number): RunWait {
  return { what, until: new Date(Date.now() + ms).toISOString() };
}

/** A duration for people. */
export function inWords(ms: number): string {
  return ms < 120_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}
