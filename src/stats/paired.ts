/** Two runs over the same examples. */

import { exampleMeans } from './scored.ts';
import type { Changes } from './tango.ts';

/** One example in both runs: the scores of its trials that were scored, 0..1 each. */
export interface PairedExample {
  readonly baseline: readonly number[];
  readonly candidate: readonly number[];
  /** Examples of one cluster are alike; without one, an example is its own. */
  readonly cluster?: string | undefined;
}

/** How one example changed. */
export interface Difference {
  readonly baseline: number;
  readonly candidate: number;
  /** Candidate less baseline, −1..1. */
  readonly value: number;
  readonly cluster: string | undefined;
}

/** Examples that have a score in both runs. */
export const scoredInBoth = (pairs: readonly PairedExample[]): readonly PairedExample[] =>
  pairs.filter(({ baseline, candidate }) => baseline.length > 0 && candidate.length > 0);

/** The difference of means of each example that has a score in both runs. @throws RangeError A score beyond 0..1. */
export function differences(pairs: readonly PairedExample[]): Difference[] {
  const both = scoredInBoth(pairs);
  const before = exampleMeans(both.map(({ baseline }) => ({ scores: baseline })));
  const after = exampleMeans(both.map(({ candidate }) => ({ scores: candidate })));
  return both.map(({ cluster }, at) => {
    const baseline = before[at]?.mean ?? 0;
    const candidate = after[at]?.mean ?? 0;
    return { baseline, candidate, value: candidate - baseline, cluster };
  });
}

/**
 * Gains and losses with the differences' sum and sum of squares: of one trial of 0 or 1 in each run, a count of both;
 * else as if each example had changed wholly or not at all, with the same mean and spread.
 */
export function changesOf(values: readonly Pick<Difference, 'value'>[]): Changes {
  let [gained, lost] = [0, 0];
  for (const { value } of values) {
    gained += (value * value + value) / 2;
    lost += (value * value - value) / 2;
  }
  return { n: values.length, gained, lost };
}
