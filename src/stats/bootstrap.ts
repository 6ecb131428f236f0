/** The interval of a mean, by drawing examples again. */

import { seededRandom } from '../random.ts';
import type { Interval } from './interval.ts';
import { type Clustered, type ClusterSum, clusterSums } from './standard-error.ts';

export interface BootstrapOptions {
  /** 0..1, such as 0.95. */
  readonly confidence: number;
  readonly draws: number;
  readonly seed: number;
}

/** Above so many units the mean is normal, Student's interval the same, and draws take seconds. */
export const mostBootstrapped = 5_000;

/**
 * Percentile bounds of the mean over `draws` resamples of whole clusters (Efron 1979); of values that stand alone,
 * of the values. The same for the same seed, in whatever order the values come.
 */
export function bootstrapInterval(values: readonly Clustered[], options: BootstrapOptions): Interval {
  const units = clusterSums(values).sort(byCountThenSum);
  const sums = Float64Array.from(units, ({ sum }) => sum);
  const counts = Float64Array.from(units, ({ count }) => count);
  const random = seededRandom(options.seed);
  const means = new Float64Array(options.draws);
  for (let draw = 0; draw < options.draws; draw += 1) means[draw] = meanOfDraw(sums, counts, random);
  means.sort();
  const tail = (1 - options.confidence) / 2;
  return { low: interpolated(means, tail), high: interpolated(means, 1 - tail) };
}

/** Counts first: they are whole, where two sums may differ by nothing but the order of adding up. */
const byCountThenSum = (one: ClusterSum, other: ClusterSum) => one.count - other.count || one.sum - other.sum;

function meanOfDraw(sums: Float64Array, counts: Float64Array, random: () => number): number {
  let [sum, count] = [0, 0];
  for (let taken = 0; taken < sums.length; taken += 1) {
    const at = Math.floor(random() * sums.length);
    sum += sums[at] ?? 0;
    count += counts[at] ?? 0;
  }
  return sum / count;
}

/** Between the two nearest of sorted values (Hyndman & Fan 1996, type 7). */
function interpolated(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}
