/**
 * Dinic's maximum flow on a small directed graph with real capacities. After `run`, `reachable` says which nodes lie on
 * the source's side of a minimum cut.
 */
export class FlowNetwork {
  private readonly heads: number[][];
  private readonly targets: number[] = [];
  private readonly capacities: number[] = [];

  constructor(nodes: number) {
    this.heads = Array.from({ length: nodes }, () => []);
  }

  addEdge(from: number, to: number, capacity: number): void {
    this.heads[from]?.push(this.targets.length);
    this.targets.push(to);
    this.capacities.push(capacity);
    this.heads[to]?.push(this.targets.length);
    this.targets.push(from);
    this.capacities.push(0);
  }

  /** Saturates every path from source to sink. */
  run(source: number, sink: number): void {
    for (let levels = this.levels(source); (levels[sink] ?? -1) >= 0; levels = this.levels(source)) {
      const next = new Int32Array(this.heads.length);
      while (this.push(source, sink, levels, next)) {
        // Each push saturates at least one edge of the level graph.
      }
    }
  }

  /** Nodes that can still be reached from the source. */
  reachable(source: number): readonly boolean[] {
    return Array.from(this.levels(source), (level) => level >= 0);
  }

  private levels(source: number): Int32Array {
    const levels = new Int32Array(this.heads.length).fill(-1);
    levels[source] = 0;
    const queue = [source];
    for (const node of queue) {
      for (const edge of this.heads[node] ?? []) {
        const target = this.targets[edge] ?? 0;
        if ((this.capacities[edge] ?? 0) > 0 && (levels[target] ?? 0) < 0) {
          levels[target] = (levels[node] ?? 0) + 1;
          queue.push(target);
        }
      }
    }
    return levels;
  }

  /** One augmenting path, found without recursion: the level graph may be deep. False when there is none left. */
  private push(source: number, sink: number, levels: Int32Array, next: Int32Array): boolean {
    const path: number[] = [];
    let node = source;
    while (node !== sink) {
      const edge = this.advance(node, levels, next);
      if (edge !== null) {
        path.push(edge);
        node = this.targets[edge] ?? sink;
        continue;
      }
      const back = path.pop();
      if (back === undefined) return false;
      node = this.targets[back ^ 1] ?? source;
      next[node] = (next[node] ?? 0) + 1;
    }
    const amount = path.reduce((least, edge) => Math.min(least, this.capacities[edge] ?? 0), Infinity);
    for (const edge of path) {
      this.capacities[edge] = (this.capacities[edge] ?? 0) - amount;
      this.capacities[edge ^ 1] = (this.capacities[edge ^ 1] ?? 0) + amount;
    }
    return true;
  }

  private advance(node: number, levels: Int32Array, next: Int32Array): number | null {
    const edges = this.heads[node] ?? [];
    for (let index = next[node] ?? 0; index < edges.length; index += 1) {
      next[node] = index;
      const edge = edges[index] ?? 0;
      const target = this.targets[edge] ?? 0;
      if ((this.capacities[edge] ?? 0) > 0 && levels[target] === (levels[node] ?? 0) + 1) return edge;
    }
    next[node] = edges.length;
    return null;
  }
}
