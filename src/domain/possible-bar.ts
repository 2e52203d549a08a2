/** More shares than were ever traded in a session: the whole market of the United States trades 2e10. */
export const mostVolume = 1e13;

/** A listed stock never trades at 0, and below nothing is. */
export function isPrice(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value < Infinity;
}

export function isVolume(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= mostVolume;
}
