/** The mean score of one run, with its interval, or the reason why it has none. */

import { type BootstrapOptions, bootstrapInterval } from './bootstrap.ts';
import { effectiveSize } from './effective-size.ts';
import { cut, type Interval, type IntervalMethod } from './interval.ts';
import { normalQuantile } from './normal.ts';
import { Sample } from './sample.ts';
import { exampleMean, type ScoredExample } from './scored.ts';
import { isTooSkewed } from './skew.ts';
import type { StandardError } from './standard-error.ts';
import { studentQuantile } from './student.ts';
import { wilsonInterval } from './wilson.ts';

export const estimateDefaults = {
  confidence: 0.95,
  draws: 10_000,
  seed: 1,
} as const satisfies BootstrapOptions;

export interface MeanEstimate {
  /** Over examples, each counting the same however many trials it has; 0..1. */
  readonly mean: number;
  /** Null where there are fewer than two units. */
  readonly standardError: number | null;
  /** With a score. */
  readonly examples: number;
  readonly trials: number;
  /** Examples, or clusters of them. */
  readonly units: number;
  /** Of scores that are all 0 or 1: how many independent answers they are worth. */
  readonly effectiveSize: number | null;
  /** Null where so few examples support none; `caution` then says so. */
  readonly interval: Interval | null;
  readonly method: IntervalMethod | null;
  /** What is to be known of the interval, a sentence; null where it holds what it promises. */
  readonly caution: string | null;
}

/** Below so many units, scores other than 0 and 1 get no interval. */
export const fewestNumericUnits = 5;
/** Below so many, their intervals held too rarely in simulation. */
const enoughNumericUnits = 30;
/** Below so many clusters their spread is known too badly. */
export const fewestClusters = 10;

/**
 * The mean of examples that come one after another, with its interval. Keeps a few thousand means, for what is drawn from
 * them; of more it keeps sums alone, and one for each cluster.
 */
export class MeanEstimator {
  private readonly means = new Sample();
  private trials = 0;
  private isBinary = true;

  /** An example without a score is left out. @throws RangeError A score that is not within 0..1 is a bug of whoever gave it. */
  add({ scores, cluster }: ScoredExample): void {
    const value = exampleMean(scores);
    if (value === null) return;
    this.trials += scores.length;
    this.isBinary &&= scores.every((score) => score === 0 || score === 1);
    this.means.add({ value, cluster });
  }

  /** Null where nothing was scored. */
  estimate(options: BootstrapOptions = estimateDefaults): MeanEstimate | null {
    const { means, trials } = this;
    if (means.n === 0) return null;
    const error = means.error();
    const facts = {
      mean: means.mean,
      standardError: error?.value ?? null,
      examples: means.n,
      trials,
      units: error?.units ?? 1,
    };
    if (error === null && means.n > 1) return { ...facts, ...refused('one cluster', 'two clusters') };
    if (this.isBinary) return { ...facts, ...ofShare(facts, { error, options }) };
    if (error === null || error.units < fewestNumericUnits) {
      const unit = facts.units < means.n ? 'clusters' : 'examples';
      return { ...facts, ...refused(`${facts.units} of the ${unit}`, `${fewestNumericUnits} of them`) };
    }
    return { ...facts, ...ofNumbers(means, { error, options }) };
  }
}

/** Of examples that are all at hand; null where nothing was scored. */
export function estimateMean(
  examples: Iterable<ScoredExample>,
  options: BootstrapOptions = estimateDefaults,
): MeanEstimate | null {
  const estimator = new MeanEstimator();
  for (const example of examples) estimator.add(example);
  return estimator.estimate(options);
}

type Rest = Pick<MeanEstimate, 'effectiveSize' | 'interval' | 'method' | 'caution'>;

const refused = (seen: string, needed: string): Rest => ({
  effectiveSize: null,
  interval: null,
  method: null,
  caution: `no interval: ${seen} cannot tell how scores differ, ${needed} are the least`,
});

interface Basis<E> {
  readonly error: E;
  readonly options: BootstrapOptions;
}

function ofShare(
  sizes: Pick<MeanEstimate, 'mean' | 'units' | 'trials' | 'examples'>,
  { error, options }: Basis<StandardError | null>,
): Rest {
  const isClustered = sizes.units < sizes.examples;
  const size = effectiveSize(sizes.mean, error?.value ?? 0, sizes);
  const tail = (1 + options.confidence) / 2;
  const z = isClustered && error !== null ? studentQuantile(tail, error.df) : normalQuantile(tail);
  const interval = wilsonInterval(sizes.mean, size, z);
  const caution = isClustered ? clusterCaution(sizes.units) : null;
  return { effectiveSize: size, interval, method: 'wilson', caution };
}

function ofNumbers(means: Sample, { error, options }: Basis<StandardError>): Rest {
  const isFew = error.units < enoughNumericUnits;
  const isDoubtful = isFew || isTooSkewed(means.moments, error.units);
  const made = numericInterval(means, isDoubtful, { error, options });
  const count = `${error.units} ${error.units < means.n ? 'clusters' : 'examples'}`;
  const why = isFew ? `only ${count}` : `scores too skewed for ${count}`;
  return {
    ...made,
    effectiveSize: null,
    caution: isDoubtful ? `${why}: the interval may be too narrow` : null,
  };
}

function numericInterval(
  { mean, drawable }: Sample,
  isDoubtful: boolean,
  { error, options }: Basis<StandardError>,
): { readonly interval: Interval; readonly method: IntervalMethod } {
  const tail = (1 + options.confidence) / 2;
  // All alike tells nothing of the spread; that of numbers within 0..1 is at most a share's.
  if (error.value === 0)
    return { interval: wilsonInterval(mean, error.units, normalQuantile(tail)), method: 'wilson' };
  if (isDoubtful && drawable.length > 0)
    return { interval: cut(bootstrapInterval(drawable, options), mean, [0, 1]), method: 'bootstrap' };
  const reach = studentQuantile(tail, error.df) * error.value;
  return { interval: cut({ low: mean - reach, high: mean + reach }, mean, [0, 1]), method: 'student' };
}

function clusterCaution(clusters: number): string | null {
  if (clusters >= fewestClusters) return null;
  return `only ${clusters} clusters: the interval may be too narrow, ${fewestClusters} are enough`;
}
