/** Does an agent do it again? Of repeated trials: at least one good of k, and all good of k. */

import type { Share } from '../summary-types.ts';
import { type BootstrapOptions, bootstrapInterval } from './bootstrap.ts';
import { cut } from './interval.ts';
import { negligibleVariance } from './moments.ts';
import { normalQuantile } from './normal.ts';
import { Sample } from './sample.ts';
import type { ScoredExample } from './scored.ts';
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

/**
 * pass@k and pass^k of examples that come one after another, with intervals by bootstrap of whole examples or clusters.
 * Keeps what a `Sample` does.
 */
export class ConsistencyEstimator {
  private readonly passAtK = new Sample();
  private readonly passHatK = new Sample();
  private readonly options: ConsistencyOptions;
  private leftOut = 0;

  constructor(options: ConsistencyOptions) {
    this.options = options;
  }

  add({ scores, cluster }: ScoredExample): void {
    const { k, threshold = 1 } = this.options;
    const good = goodOf(scores, threshold);
    const atLeastOne = passAtK(scores.length, good, k);
    const all = passHatK(scores.length, good, k);
    if (atLeastOne === null || all === null || scores.length === 0) this.leftOut += 1;
    else {
      this.passAtK.add({ value: atLeastOne, cluster });
      this.passHatK.add({ value: all, cluster });
    }
  }

  /** Null where no example has k trials. */
  estimate(): Consistency | null {
    const { passAtK, passHatK, options, leftOut } = this;
    if (passAtK.n === 0) return null;
    return {
      passAtK: share(passAtK, options),
      passHatK: share(passHatK, options),
      examples: passAtK.n,
      leftOut,
    };
  }
}

/** Of examples that are all at hand; null where none has k trials. */
export function consistencyOf(
  examples: Iterable<ScoredExample>,
  options: ConsistencyOptions,
): Consistency | null {
  const estimator = new ConsistencyEstimator(options);
  for (const example of examples) estimator.add(example);
  return estimator.estimate();
}

function share(values: Sample, options: BootstrapOptions): Share {
  const { mean, moments, drawable } = values;
  const error = values.error();
  if (error === null) return { mean, interval: null };
  const z = normalQuantile((1 + options.confidence) / 2);
  // All alike: no draw would differ from them.
  if (moments.squares / moments.n < negligibleVariance)
    return { mean, interval: wilsonInterval(mean, error.units, z) };
  const reach = z * error.value;
  const interval =
    drawable.length === 0 ? { low: mean - reach, high: mean + reach } : bootstrapInterval(drawable, options);
  return { mean, interval: cut(interval, mean, [0, 1]) };
}
