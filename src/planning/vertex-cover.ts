import { FlowNetwork } from './max-flow.ts';

/** A bipartite graph; `edges[left]` are the right neighbours of a left vertex. A weight of Infinity: never choose it. */
export interface BipartiteGraph {
  readonly leftWeights: readonly number[];
  readonly rightWeights: readonly number[];
  readonly edges: readonly (readonly number[])[];
}

export interface VertexCover {
  readonly left: readonly boolean[];
  readonly right: readonly boolean[];
}

/**
 * A vertex cover of least weight: the minimum cut of source -> left -> right -> sink (Koenig's theorem, weighted).
 * Every edge must have an end of finite weight.
 */
export function minimumVertexCover({ leftWeights, rightWeights, edges }: BipartiteGraph): VertexCover {
  const source = leftWeights.length + rightWeights.length;
  const sink = source + 1;
  const network = new FlowNetwork(sink + 1);
  for (const [left, weight] of leftWeights.entries()) network.addEdge(source, left, weight);
  for (const [right, weight] of rightWeights.entries())
    network.addEdge(leftWeights.length + right, sink, weight);
  for (const [left, rights] of edges.entries()) {
    for (const right of rights) network.addEdge(left, leftWeights.length + right, Infinity);
  }
  network.run(source, sink);
  const reachable = network.reachable(source);
  return {
    left: leftWeights.map((_, left) => reachable[left] === false),
    right: rightWeights.map((_, right) => reachable[leftWeights.length + right] === true),
  };
}
