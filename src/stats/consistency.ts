/** Does an agent do it again? Of repeated trials: at least one good of k, and all good of k. */

import { type BootstrapOptions, bootstrapInterval, mostBootstrapped } from './bootstrap.ts';
import { cut, type Interval } from './interval.ts';
import { mean, variance } from './moments.ts';
import { normalQuantile } from './normal.ts';
import type { ScoredExample } from './scored.ts';
import { negligibleVariance } from './skew.ts';
import { standardError } from './standard-error.ts';
import { wilsonInterval } from './wilson.ts';

/** The chance that of k of an example's n trials, c of them good, at least one is: 1 − C(n−c, k)/C(n, k) (Chen et al. 2021). Null where n < k. */
export function passAtK(n: number, c: number, k: number): number | null {
  const allBad = passHatK(n, n - c, k);
  return allBad === null ? null : 1 - allBad;
}

/** The chance that of k of an example's n trials, c of them good, all are: C(c, k)/C(n, k) (Yao et al. 2024, tau-bench). Null where n < k. */
export function passHatK(n: number, c: number, k: number): number | null {
  if (n < k) return null;
  let chance = 1;
  for (let taken = 0; taken < k; taken += 1) chance *= Math.max(0, c - taken) / (n - taken);
  return chance;
}

export type Steadiness = 'passed' | 'flaky' | 'failed';

/** Were all trials good, none, or some? Null where none was scored. @param threshold From which score on one is good. */
export function steadiness(scores: readonly number[], threshold = 1): Steadiness | null {
  if (scores.length === 0) return null;
  const good = goodOf(scores, threshold);
  return good === scores.length ? 'passed' : good === 0 ? 'failed' : 'flaky';
}

const goodOf = (scores: readonly number[], threshold: number) =>
  scores.filter((score) => score >= threshold).length;

export interface ConsistencyOptions extends BootstrapOptions {
  /** Trials that are looked at together, from 1. */
  readonly k: number;
  /** From which score on a trial is good. Default 1. */
  readonly threshold?: number | undefined;
}

export interface Consistency {
  /** Averaged over examples with at least k scored trials; 0..1. */
  readonly passAtK: Share;
  readonly passHatK: Share;
  readonly examples: number;
  /** Examples with fewer scored trials than k. */
  readonly leftOut: number;
}

export interface Share {
  readonly mean: number;
  /** Null for a single example or cluster. */
  readonly interval: Interval | null;
}

/** pass@k and pass^k over examples, with intervals by bootstrap of whole examples or clusters; null where no example has k trials. */
export function consistencyOf(
  examples: readonly ScoredExample[],
  options: ConsistencyOptions,
): Consistency | null {
  const { k, threshold = 1 } = options;
  const enough = examples.filter(({ scores }) => scores.length >= k && scores.length > 0);
  if (enough.length === 0) return null;
  const shareOf = (estimator: typeof passAtK): Share => {
    const values = enough.map(({ scores, cluster }) => ({
      value: estimator(scores.length, goodOf(scores, threshold), k) ?? 0,
      cluster,
    }));
    return share(values, options);
  };
  return {
    passAtK: shareOf(passAtK),
    passHatK: shareOf(passHatK),
    examples: enough.length,
    leftOut: examples.length - enough.length,
  };
}

function share(values: Parameters<typeof bootstrapInterval>[0], options: BootstrapOptions): Share {
  const numbers = values.map(({ value }) => value);
  const middle = mean(numbers);
  const error = standardError(values);
  if (error === null) return { mean: middle, interval: null };
  const z = normalQuantile((1 + options.confidence) / 2);
  // All alike: no draw would differ from them.
  if (variance(numbers) < negligibleVariance)
    return { mean: middle, interval: wilsonInterval(middle, error.units, z) };
  const reach = z * error.value;
  const interval =
    error.units > mostBootstrapped
      ? { low: middle - reach, high: middle + reach }
      : bootstrapInterval(values, options);
  return { mean: middle, interval: cut(interval, middle, [0, 1]) };
}
