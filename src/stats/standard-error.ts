/** How far a mean over examples may be off. */

import { mean } from './moments.ts';

/** One value and the cluster it is of; without one it stands alone. */
export interface Clustered {
  readonly value: number;
  readonly cluster: string | undefined;
}

export interface StandardError {
  /** Of the mean, in the values' unit. */
  readonly value: number;
  /** Degrees of freedom: units − 1. */
  readonly df: number;
  /** What was drawn independently: clusters, or the examples themselves. */
  readonly units: number;
}

/** Of scores and their differences: what is below is rounding, and all values are alike. */
const negligible = 1e-12;

/**
 * The cluster-robust standard error of the mean, √(C/(C−1) Σ_c (Σ_{i∈c} (x_i − x̄))²) / N; where each value stands
 * alone it is the plain s/√N (Miller 2024, *Adding error bars to evals*, appendix A, with the factor for few clusters).
 * Null for fewer than two units, which tell nothing of it.
 */
export function standardError(values: readonly Clustered[]): StandardError | null {
  const sums = clusterSums(values);
  if (sums.length < 2) return null;
  const squares = sums.reduce((sum, { deviation }) => sum + deviation ** 2, 0);
  const value = Math.sqrt((sums.length / (sums.length - 1)) * squares) / values.length;
  return { value: value < negligible ? 0 : value, df: sums.length - 1, units: sums.length };
}

export interface ClusterSum {
  readonly sum: number;
  readonly count: number;
  /** Sum of the distances from the mean of all. */
  readonly deviation: number;
}

/** The values added up by cluster. */
export function clusterSums(values: readonly Clustered[]): ClusterSum[] {
  const middle = mean(values.map(({ value }) => value));
  const alone: ClusterSum[] = [];
  const byCluster = new Map<string, ClusterSum>();
  for (const { value, cluster } of values) {
    const one = { sum: value, count: 1, deviation: value - middle };
    if (cluster === undefined) alone.push(one);
    else byCluster.set(cluster, added(byCluster.get(cluster), one));
  }
  return [...alone, ...byCluster.values()];
}

function added(to: ClusterSum | undefined, one: ClusterSum): ClusterSum {
  if (to === undefined) return one;
  return { sum: to.sum + one.sum, count: to.count + one.count, deviation: to.deviation + one.deviation };
}
