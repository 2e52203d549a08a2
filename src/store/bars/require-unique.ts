import { barAt } from '../../domain/bar-columns.ts';
import type { IncomingBars } from './incoming-bars.ts';

/** Throws `RangeError` for a bar that comes twice: which of two rows of one key would stay is not for chance to say. */
export function requireUnique(incoming: readonly IncomingBars[]): void {
  const rows = incoming.reduce((sum, { bars }) => sum + bars.length, 0);
  const seen = new Keys(rows);
  for (const { bars, instrumentIds } of incoming) {
    const at = bars.opensAtMs ?? bars.day;
    for (let row = 0; row < bars.length; row += 1) {
      const id = instrumentIds[row] ?? NaN;
      if (seen.add(id, at[row] ?? NaN)) continue;
      const bar = barAt(bars, row);
      const key = `${id} ${'opensAt' in bar ? bar.opensAt : bar.session}`;
      throw new RangeError(`the bar of instrument ${key} comes a second time in one write`);
    }
  }
}

/** A set of pairs, in tables of numbers: a string a pair would take most of the time of a write. */
class Keys {
  private readonly mask: number;
  /** Where each pair is in the lists, counted from 1; 0 where none is. */
  private readonly places: Int32Array;
  private readonly ids: Int32Array;
  private readonly times: Float64Array;
  private size = 0;

  constructor(most: number) {
    const places = 2 ** Math.ceil(Math.log2(2 * most + 1));
    this.mask = places - 1;
    this.places = new Int32Array(places);
    this.ids = new Int32Array(most);
    this.times = new Float64Array(most);
  }

  /** False when the pair is there already. */
  add(id: number, time: number): boolean {
    let place = hashOf(id, time) & this.mask;
    for (let entry = this.places[place] ?? 0; entry > 0; entry = this.places[place] ?? 0) {
      if (this.ids[entry - 1] === id && this.times[entry - 1] === time) return false;
      place = (place + 1) & this.mask;
    }
    this.ids[this.size] = id;
    this.times[this.size] = time;
    this.size += 1;
    this.places[place] = this.size;
    return true;
  }
}

const minuteMs = 60_000;

/** Days are whole, instants of bars whole minutes. */
function hashOf(id: number, time: number): number {
  const units = time > minuteMs * 1_000 ? time / minuteMs : time;
  const mixed = Math.imul(Math.imul(id, 0x9e3779b1) + units, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
