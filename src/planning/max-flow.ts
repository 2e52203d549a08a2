/** A network source -> left -> right -> sink; an edge between left and right carries any amount. */
interface BipartiteNetwork {
  readonly leftCapacities: readonly number[];
  readonly rightCapacities: readonly number[];
  /** For each left node its right neighbours. */
  readonly edges: readonly ArrayLike<number>[];
}

/** The nodes that the source reaches, by their distance from it, -1 for the others; and how far each was searched. */
interface Levels {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly nextRight: Int32Array;
  readonly nextLeft: Int32Array;
  /** For each right node the left nodes whose flow it could give back. */
  readonly givers: readonly (readonly number[])[];
  readonly sinkReached: boolean;
}

/** Dinic's maximum flow. Only edges that carry something take memory; whole capacities below 2^53 stay exact. */
export class MaxFlow {
  private readonly edges: readonly ArrayLike<number>[];
  private readonly leftRest: Float64Array;
  private readonly rightRest: Float64Array;
  /** For each right node what it gets from which left node. */
  private readonly flows: readonly Map<number, number>[];

  constructor({ leftCapacities, rightCapacities, edges }: BipartiteNetwork) {
    this.edges = edges;
    this.leftRest = Float64Array.from(leftCapacities);
    this.rightRest = Float64Array.from(rightCapacities);
    this.flows = rightCapacities.map(() => new Map<number, number>());
  }

  /** Sends what can be sent; says which nodes then lie on the source's side of a minimum cut. */
  run(): { readonly left: readonly boolean[]; readonly right: readonly boolean[] } {
    let levels = this.levels();
    while (levels.sinkReached) {
      for (let left = 0; left < this.leftRest.length; left += 1) this.drain(left, levels);
      levels = this.levels();
    }
    return {
      left: Array.from(levels.left, (level) => level >= 0),
      right: Array.from(levels.right, (level) => level >= 0),
    };
  }

  private levels(): Levels {
    const left = new Int32Array(this.leftRest.length).fill(-1);
    const right = new Int32Array(this.rightRest.length).fill(-1);
    const givers: number[][] = this.flows.map(() => []);
    const queue = [...left.keys()].filter((node) => (this.leftRest[node] ?? 0) > 0);
    for (const node of queue) left[node] = 0;
    let sinkReached = false;
    for (const node of queue) {
      const level = left[node] ?? 0;
      for (const reached of this.claim(node, right, level + 1)) {
        sinkReached ||= (this.rightRest[reached] ?? 0) > 0;
        const back = [...(this.flows[reached]?.keys() ?? [])].filter((giver) => left[giver] === -1);
        for (const giver of back) {
          left[giver] = level + 2;
          queue.push(giver);
        }
        givers[reached] = back;
      }
    }
    const [nextRight, nextLeft] = [new Int32Array(left.length), new Int32Array(right.length)];
    return { left, right, nextRight, nextLeft, givers, sinkReached };
  }

  /** Gives this level to the neighbours that have none yet. */
  private claim(node: number, right: Int32Array, level: number): readonly number[] {
    const neighbours = this.edges[node] ?? [];
    const claimed: number[] = [];
    for (let at = 0; at < neighbours.length; at += 1) {
      const neighbour = neighbours[at] ?? 0;
      if (right[neighbour] !== -1) continue;
      right[neighbour] = level;
      claimed.push(neighbour);
    }
    return claimed;
  }

  /** Augments from a left node until it is empty or no path is left; without recursion, as paths may be long. */
  private drain(start: number, levels: Levels): void {
    const [lefts, rights]: [number[], number[]] = [[start], []];
    while ((this.leftRest[start] ?? 0) > 0) {
      const left = lefts.at(-1);
      if (left === undefined) return;
      const right = this.nextRight(left, levels);
      if (right === undefined) {
        levels.left[left] = -1;
        lefts.pop();
        rights.pop();
      } else if ((this.rightRest[right] ?? 0) > 0) {
        this.augment(lefts, [...rights, right]);
        lefts.length = 1;
        rights.length = 0;
      } else {
        const giver = this.nextLeft(right, levels);
        if (giver === undefined) levels.right[right] = -1;
        else {
          rights.push(right);
          lefts.push(giver);
        }
      }
    }
  }

  private nextRight(left: number, levels: Levels): number | undefined {
    const neighbours = this.edges[left] ?? [];
    const wanted = (levels.left[left] ?? 0) + 1;
    let at = levels.nextRight[left] ?? 0;
    while (at < neighbours.length && levels.right[neighbours[at] ?? 0] !== wanted) at += 1;
    levels.nextRight[left] = at;
    return neighbours[at];
  }

  private nextLeft(right: number, levels: Levels): number | undefined {
    const givers = levels.givers[right] ?? [];
    const usable = (giver: number) => levels.left[giver] !== -1 && this.flows[right]?.has(giver) === true;
    let at = levels.nextLeft[right] ?? 0;
    while (at < givers.length && !usable(givers[at] ?? 0)) at += 1;
    levels.nextLeft[right] = at;
    return givers[at];
  }

  /** Sends what the path holds: each right node gets more from the left node before it and less from the one after. */
  private augment(lefts: readonly number[], rights: readonly number[]): void {
    const [start, end] = [lefts[0] ?? 0, rights.at(-1) ?? 0];
    let amount = Math.min(this.leftRest[start] ?? 0, this.rightRest[end] ?? 0);
    for (const [index, right] of rights.entries())
      amount = Math.min(amount, this.flows[right]?.get(lefts[index + 1] ?? -1) ?? Infinity);
    this.leftRest[start] = (this.leftRest[start] ?? 0) - amount;
    this.rightRest[end] = (this.rightRest[end] ?? 0) - amount;
    for (const [index, right] of rights.entries()) {
      this.add(right, lefts[index] ?? 0, amount);
      const giver = lefts[index + 1];
      if (giver !== undefined) this.add(right, giver, -amount);
    }
  }

  private add(right: number, left: number, amount: number): void {
    const flow = (this.flows[right]?.get(left) ?? 0) + amount;
    if (flow === 0) this.flows[right]?.delete(left);
    else this.flows[right]?.set(left, flow);
  }
}
