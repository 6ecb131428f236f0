/** By how much slower, longer or dearer: the ratio of two runs over the same examples. */

import type { Interval } from './interval.ts';
import { mean, median } from './moments.ts';
import { standardError } from './standard-error.ts';
import { studentQuantile } from './student.ts';

/** One example's latencies, tokens or costs in both runs. */
export interface PairedAmounts {
  readonly baseline: readonly number[];
  readonly candidate: readonly number[];
  readonly cluster?: string | undefined;
}

export interface RatioEstimate {
  /** Candidate to baseline: 1.2 is 20 % more. */
  readonly ratio: number;
  /** Null for a single example or cluster. */
  readonly interval: Interval | null;
  readonly examples: number;
  /** Examples whose median is not above 0 in both runs: they have no ratio. */
  readonly leftOut: number;
}

/** The geometric mean of the examples' ratios of medians, with Student's interval on the logarithms (Fleming & Wallace 1986); null where no example has one. */
export function pairedRatio(pairs: readonly PairedAmounts[], confidence: number): RatioEstimate | null {
  const logs = pairs
    .map(({ baseline, candidate, cluster }) => ({
      value: Math.log(median(candidate) / median(baseline)),
      cluster,
    }))
    .filter(({ value }) => Number.isFinite(value));
  if (logs.length === 0) return null;
  const middle = mean(logs.map(({ value }) => value));
  const error = standardError(logs);
  const facts = { ratio: Math.exp(middle), examples: logs.length, leftOut: pairs.length - logs.length };
  if (error === null) return { ...facts, interval: null };
  const reach = studentQuantile((1 + confidence) / 2, error.df) * error.value;
  return { ...facts, interval: { low: Math.exp(middle - reach), high: Math.exp(middle + reach) } };
}
