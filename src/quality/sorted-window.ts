import { middleOf } from './median.ts';

/** Numbers that come and go, kept in their order; what is no number is left out. */
export class SortedWindow {
  #sorted = new Float64Array(64);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** In their order: to be read before the next one comes or goes. */
  get values(): Float64Array {
    return this.#sorted.subarray(0, this.#size);
  }

  add(value: number): void {
    if (Number.isNaN(value)) return;
    if (this.#size === this.#sorted.length) this.#grow();
    const at = this.#firstFrom(value);
    this.#sorted.copyWithin(at + 1, at, this.#size);
    this.#sorted[at] = value;
    this.#size += 1;
  }

  /** Takes one of that value out; it has to be in. */
  remove(value: number): void {
    if (Number.isNaN(value)) return;
    const at = this.#firstFrom(value);
    if (at === this.#size || this.#sorted[at] !== value) throw new Error(`${value} is not in the window`);
    this.#sorted.copyWithin(at, at + 1, this.#size);
    this.#size -= 1;
  }

  /** NaN where there is none. */
  median(): number {
    return middleOf(this.values);
  }

  #grow(): void {
    const larger = new Float64Array(2 * this.#sorted.length);
    larger.set(this.#sorted);
    this.#sorted = larger;
  }

  /** Where the first that is not less is, or would be. */
  #firstFrom(value: number): number {
    let [low, high] = [0, this.#size];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sorted[middle] ?? NaN) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
