import { MaxFlow } from './max-flow.ts';

/** A bipartite graph; `edges[left]` are the right neighbours of a left vertex. A weight of Infinity: never choose it. */
export interface BipartiteGraph {
  readonly leftWeights: readonly number[];
  readonly rightWeights: readonly number[];
  readonly edges: readonly ArrayLike<number>[];
}

interface VertexCover {
  readonly left: readonly boolean[];
  readonly right: readonly boolean[];
}

/**
 * A vertex cover of least weight: the minimum cut of source -> left -> right -> sink (Koenig's theorem, weighted).
 * Every edge must have an end of finite weight.
 */
export function minimumVertexCover({ leftWeights, rightWeights, edges }: BipartiteGraph): VertexCover {
  const flow = new MaxFlow({ leftCapacities: leftWeights, rightCapacities: rightWeights, edges });
  const sourceSide = flow.run();
  return { left: sourceSide.left.map((reached) => !reached), right: sourceSide.right };
}
