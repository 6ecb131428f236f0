/** What a comparison tells beside its verdict: for a look. */

import { type CommonScorer, countChanges } from '../comparing/flips.ts';
import { amountsOf, type Pair, scoresOf } from '../comparing/pairing.ts';
import type { ComparedTurn } from '../comparing/side.ts';
import type { Comparison, RatioComparison, ToolComparison } from '../comparison-types.ts';
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

const mostTools = 20;

/** Of the turns that succeeded; of a trial that broke off nobody knows what it would have called. */
export function toolsOf(pairs: readonly Pair[]): ToolComparison[] {
  if (pairs.some(({ baseline, candidate }) => [...baseline, ...candidate].some(keepsNone))) return [];
  const before = callsIn(pairs.flatMap(({ baseline }) => baseline));
  const after = callsIn(pairs.flatMap(({ candidate }) => candidate));
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const distance = ({ baseline, candidate }: ToolComparison) => Math.abs(candidate - baseline);
  return names
    .map((name) => ({ name, baseline: before.get(name) ?? 0, candidate: after.get(name) ?? 0 }))
    .sort((one, other) => distance(other) - distance(one))
    .slice(0, mostTools);
}

const keepsNone = ({ trials }: ComparedTurn) => trials.some((trial) => trial?.tools === null);

/** Calls by turn, by tool. */
function callsIn(turns: readonly ComparedTurn[]): Map<string, number> {
  const calls = new Map<string, number>();
  let count = 0;
  for (const { trials } of turns)
    for (const trial of trials) {
      if (trial?.outcome !== 'success' || trial.tools === null) continue;
      count += 1;
      for (const name of trial.tools) calls.set(name, (calls.get(name) ?? 0) + 1);
    }
  return new Map([...calls].map(([name, called]) => [name, called / count]));
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
