const scratch = new Float64Array(1);
const words = new Int32Array(scratch.buffer);

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x5bd1e995);
  return mixed ^ (mixed >>> 15);
}

/** The sign of a row: other prices, as traded, or another day have another one, but for one chance in 2^32. */
export function signOf(day: number, values: readonly number[]): number {
  let hash = mix(0x9747b28c, day);
  for (const value of values) {
    scratch[0] = value;
    hash = mix(mix(hash, words[0] ?? 0), words[1] ?? 0);
  }
  return hash | 0;
}

/** The sign of a missing session. */
export function signOfHole(day: number): number {
  return mix(0x27d4eb2f, day) | 0;
}
