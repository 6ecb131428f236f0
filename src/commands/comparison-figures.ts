/** What a comparison tells beside its verdict: for a look. */

import { type CommonScorer, countChanges } from '../comparing/flips.ts';
import { amountsOf, type Pair, scoresOf } from '../comparing/pairing.ts';
import type { Comparison, RatioComparison } from '../comparison-types.ts';
import { costOf, type Price } from '../price.ts';
import { differences } from '../stats/paired.ts';
import { pairedRatio } from '../stats/paired-ratio.ts';

export type ValueOf = (pair: Pair) => string | null;

const scoresIn = (pairs: readonly Pair[], { baseline, candidate }: CommonScorer) =>
  pairs.map((pair) => ({
    baseline: scoresOf(pair.baseline, baseline),
    candidate: scoresOf(pair.candidate, candidate),
  }));

/** Examples whose score fell, and rose. */
export const lostAndGained = (pairs: readonly Pair[], scorer: CommonScorer) =>
  countChanges(differences(scoresIn(pairs, scorer)).map(({ value }) => ({ difference: value })));

const confidence = 0.95;

/** Latency, tokens and, with a price, cost; those that no example tells in both are left out. */
export function ratiosOf(pairs: readonly Pair[], clusterOf: ValueOf, price: Price | null): RatioComparison[] {
  const amounts: { name: RatioComparison['name']; of: Parameters<typeof amountsOf>[1] }[] = [
    { name: 'latency_ms', of: ({ latencyMs }) => latencyMs },
    { name: 'total_tokens', of: ({ usage }) => usage?.total_tokens ?? null },
  ];
  if (price !== null) amounts.push({ name: 'cost', of: ({ usage }) => usage && costOf(price, usage) });
  return amounts.flatMap(({ name, of }) => {
    const paired = pairs.map((pair) => ({
      baseline: amountsOf(pair.baseline, of),
      candidate: amountsOf(pair.candidate, of),
      cluster: clusterOf(pair) ?? undefined,
    }));
    const both = paired.filter(({ baseline, candidate }) => baseline.length > 0 && candidate.length > 0);
    const estimate = pairedRatio(both, confidence);
    if (estimate === null) return [];
    return [{ name, examples: estimate.examples, ratio: estimate.ratio, interval: estimate.interval }];
  });
}

/** Means by the value of a column, in order of first appearance; by the scorers in their order. */
export function groupsOf(
  pairs: readonly Pair[],
  scorers: readonly CommonScorer[],
  columnOf: ValueOf,
): Comparison['groups'] {
  const groups = new Map<string, Pair[]>();
  for (const pair of pairs) {
    const value = columnOf(pair) ?? '';
    groups.set(value, groups.get(value) ?? []);
    groups.get(value)?.push(pair);
  }
  return [...groups].flatMap(([value, members]) =>
    scorers.flatMap((scorer) => {
      const all = differences(scoresIn(members, scorer));
      if (all.length === 0) return [];
      const mean = (of: 'baseline' | 'candidate') =>
        all.reduce((sum, each) => sum + each[of], 0) / all.length;
      return [
        {
          value,
          scorer: scorer.name,
          examples: all.length,
          baseline: mean('baseline'),
          candidate: mean('candidate'),
        },
      ];
    }),
  );
}
