import fc from 'fast-check';
import { expect, test } from 'vitest';
import { minimumVertexCover, type BipartiteGraph } from '../../../src/planning/vertex-cover.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

function graphs(most: number, weight: fc.Arbitrary<number>, degree: number): fc.Arbitrary<BipartiteGraph> {
  const size = fc.integer({ min: 1, max: most });
  return fc.tuple(size, size).chain(([left, right]) =>
    fc.record({
      leftWeights: fc.array(weight, { minLength: left, maxLength: left }),
      rightWeights: fc.array(weight, { minLength: right, maxLength: right }),
      edges: fc.array(fc.subarray(upTo(right), { maxLength: Math.min(right, degree) }), {
        minLength: left,
        maxLength: left,
      }),
    }),
  );
}

function weigh(weights: readonly number[], chosen: (vertex: number) => boolean): number {
  return weights.reduce((total, weight, vertex) => total + (chosen(vertex) ? weight : 0), 0);
}

function leastWeight({ leftWeights, rightWeights, edges }: BipartiteGraph): number {
  const weights = upTo(2 ** leftWeights.length).map((chosen) => {
    const has = (left: number) => ((chosen >> left) & 1) === 1;
    const forced = new Set(edges.flatMap((rights, left) => (has(left) ? [] : Array.from(rights))));
    return weigh(leftWeights, has) + weigh(rightWeights, (right) => forced.has(right));
  });
  return Math.min(...weights);
}

/** The largest matching by plain augmenting paths: with weights of one its size is that of the least cover. */
function largestMatching({ edges }: BipartiteGraph): number {
  const partner = new Map<number, number>();
  const augment = (left: number, seen: Set<number>): boolean =>
    Array.from(edges[left] ?? []).some((right) => {
      if (seen.has(right)) return false;
      seen.add(right);
      const taken = partner.get(right);
      if (taken !== undefined && !augment(taken, seen)) return false;
      partner.set(right, left);
      return true;
    });
  return edges.filter((_, left) => augment(left, new Set())).length;
}

function coverOf(graph: BipartiteGraph): number {
  const { left, right } = minimumVertexCover(graph);
  for (const [from, rights] of graph.edges.entries())
    for (const to of Array.from(rights)) expect(left[from] === true || right[to] === true).toBe(true);
  return (
    weigh(graph.leftWeights, (at) => left[at] === true) +
    weigh(graph.rightWeights, (at) => right[at] === true)
  );
}

test('no cover weighs less', () => {
  const weight = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 2 ** 48 }));
  fc.assert(
    fc.property(graphs(8, weight, 8), (graph) => {
      expect(coverOf(graph)).toBe(leastWeight(graph));
    }),
    { numRuns: 1000 },
  );
});

test('with equal weights it is as large as the largest matching', () => {
  fc.assert(
    fc.property(graphs(80, fc.constant(1), 3), (graph) => {
      expect(coverOf(graph)).toBe(largestMatching(graph));
    }),
    { numRuns: 300 },
  );
});

test('a vertex of infinite weight is not chosen', () => {
  const graph = {
    leftWeights: [Infinity, 1],
    rightWeights: [5, 5, 5],
    edges: [
      [0, 1],
      [1, 2],
    ],
  };
  expect(minimumVertexCover(graph)).toEqual({ left: [false, true], right: [true, true, false] });
});

test('a path of 40,000 vertices takes half of them', () => {
  const count = 20_000;
  const ones = upTo(count).map(() => 1);
  const edges = upTo(count).map((left) => (left + 1 < count ? [left + 1, left] : [left]));
  expect(coverOf({ leftWeights: ones, rightWeights: ones, edges })).toBe(count);
});
