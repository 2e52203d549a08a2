/** Farther than that no honest clock is from ours. */
const mostApartMs = 5 * 60_000;

/** When an answer was true, ISO 8601, and what its `Date` says where that is not believed. */
interface Observation {
  readonly observedAt: string;
  readonly unbelieved: string | null;
}

/** By the provider's clock where it tells, and is within five minutes of ours; else by ours. */
export function observation({ headers }: { readonly headers: Headers }, now: Date): Observation {
  const text = headers.get('date');
  const told = new Date(text ?? NaN);
  const apartMs = Math.abs(told.getTime() - now.getTime());
  if (apartMs <= mostApartMs) return { observedAt: told.toISOString(), unbelieved: null };
  return { observedAt: now.toISOString(), unbelieved: Number.isNaN(apartMs) ? null : text };
}
