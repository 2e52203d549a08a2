const scratch = new Float64Array(1);
const words = new Int32Array(scratch.buffer);

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x5bd1e995);
  return mixed ^ (mixed >>> 15);
}

/** Begins the sign of a row: other values or another day have another one, but for one chance in 2^32. */
export function signOfDay(day: number): number {
  return mix(0x9747b28c, day);
}

/** Takes a value into a sign. */
export function signWith(sign: number, value: number): number {
  scratch[0] = value;
  return mix(mix(sign, words[0] ?? 0), words[1] ?? 0);
}

/** The sign of a missing session. */
export function signOfHole(day: number): number {
  return mix(0x27d4eb2f, day);
}
