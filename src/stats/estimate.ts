/** The mean score of one run, with its interval, or the reason why it has none. */

import { type BootstrapOptions, bootstrapInterval, mostBootstrapped } from './bootstrap.ts';
import { effectiveSize } from './effective-size.ts';
import { cut, type Interval, type IntervalMethod } from './interval.ts';
import { mean } from './moments.ts';
import { normalQuantile } from './normal.ts';
import { type ExampleMean, exampleMeans, isBinary, type ScoredExample } from './scored.ts';
import { isTooSkewed } from './skew.ts';
import { type Clustered, type StandardError, standardError } from './standard-error.ts';
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

/** The mean score with its interval; null where nothing was scored. */
export function estimateMean(
  examples: readonly ScoredExample[],
  options: BootstrapOptions = estimateDefaults,
): MeanEstimate | null {
  const means = exampleMeans(examples);
  if (means.length === 0) return null;
  const values = means.map(({ mean: value, cluster }) => ({ value, cluster }));
  const error = standardError(values);
  const facts = {
    mean: mean(means.map((each) => each.mean)),
    standardError: error?.value ?? null,
    examples: means.length,
    trials: means.reduce((sum, { trials }) => sum + trials, 0),
    units: error?.units ?? 1,
  };
  if (error === null && means.length > 1) return { ...facts, ...refused('one cluster', 'two clusters') };
  if (isBinary(examples)) return { ...facts, ...ofShare(facts, means, { error, options }) };
  if (error === null || error.units < fewestNumericUnits) {
    const unit = facts.units < means.length ? 'clusters' : 'examples';
    return { ...facts, ...refused(`${facts.units} of the ${unit}`, `${fewestNumericUnits} of them`) };
  }
  return { ...facts, ...ofNumbers(facts.mean, values, { error, options }) };
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
  sizes: { readonly mean: number; readonly units: number; readonly trials: number },
  means: readonly ExampleMean[],
  { error, options }: Basis<StandardError | null>,
): Rest {
  const isClustered = sizes.units < means.length;
  const size = effectiveSize(sizes.mean, error?.value ?? 0, sizes);
  const tail = (1 + options.confidence) / 2;
  const z = isClustered && error !== null ? studentQuantile(tail, error.df) : normalQuantile(tail);
  const interval = wilsonInterval(sizes.mean, size, z);
  const caution = isClustered ? clusterCaution(sizes.units) : null;
  return { effectiveSize: size, interval, method: 'wilson', caution };
}

function ofNumbers(
  middle: number,
  values: readonly Clustered[],
  { error, options }: Basis<StandardError>,
): Rest {
  const numbers = values.map(({ value }) => value);
  const isFew = error.units < enoughNumericUnits;
  const isDoubtful = isFew || isTooSkewed(numbers, error.units);
  const made = numericInterval({ middle, values, isDoubtful }, { error, options });
  const count = `${error.units} ${error.units < values.length ? 'clusters' : 'examples'}`;
  const why = isFew ? `only ${count}` : `scores too skewed for ${count}`;
  return {
    ...made,
    effectiveSize: null,
    caution: isDoubtful ? `${why}: the interval may be too narrow` : null,
  };
}

function numericInterval(
  { middle, values, isDoubtful }: { middle: number; values: readonly Clustered[]; isDoubtful: boolean },
  { error, options }: Basis<StandardError>,
): { readonly interval: Interval; readonly method: IntervalMethod } {
  const tail = (1 + options.confidence) / 2;
  // All alike tells nothing of the spread; that of numbers within 0..1 is at most a share's.
  if (error.value === 0)
    return { interval: wilsonInterval(middle, error.units, normalQuantile(tail)), method: 'wilson' };
  if (isDoubtful && error.units <= mostBootstrapped)
    return { interval: cut(bootstrapInterval(values, options), middle, [0, 1]), method: 'bootstrap' };
  const reach = studentQuantile(tail, error.df) * error.value;
  return { interval: cut({ low: middle - reach, high: middle + reach }, middle, [0, 1]), method: 'student' };
}

function clusterCaution(clusters: number): string | null {
  if (clusters >= fewestClusters) return null;
  return `only ${clusters} clusters: the interval may be too narrow, ${fewestClusters} are enough`;
}
