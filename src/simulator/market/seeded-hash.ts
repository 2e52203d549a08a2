/** A number of 32 bits that depends on every bit of the seed and the text. */
export function hashText(seed: number, text: string): number {
  let hash = 0x811c9dc5 ^ Math.imul(seed, 0x9e3779b1);
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return scramble(hash);
}

/** A number of 32 bits for one cell of (hash, index), a different one for every salt. */
export function hashCell(hash: number, index: number, salt: number): number {
  return scramble(hash ^ Math.imul(index, 0x9e3779b1) ^ Math.imul(salt, 0x85ebca6b));
}

/** Uniform in [0, 1). */
export function unit(hash: number): number {
  return hash / 0x1_0000_0000;
}

/** Uniform in [low, high). */
export function between(hash: number, low: number, high: number): number {
  return low + unit(hash) * (high - low);
}

/** Bell-shaped with mean 0 and deviation 1, never beyond 3.5: four uniform halves of two hashes. */
export function bell(a: number, b: number): number {
  const sum = (a >>> 16) + (a & 0xffff) + (b >>> 16) + (b & 0xffff);
  return (sum / 0x1_0000 - 2) * Math.sqrt(3);
}

/** The finaliser of MurmurHash3. */
function scramble(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
