/** How far a mean over examples may be off. */

import { Moments } from './moments.ts';

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
 * Values that come one after another, and how far their mean may be off: the cluster-robust standard error
 * √(C/(C−1) Σ_c (Σ_{i∈c} (x_i − x̄))²) / N; where each value stands alone it is the plain s/√N (Miller 2024, *Adding error
 * bars to evals*, appendix A, with the factor for few clusters). Keeps a sum for each cluster, and of other values none.
 */
export class Spread {
  private readonly alone = new Moments();
  private readonly clusters = new Map<string, { sum: number; count: number }>();
  private n = 0;

  add({ value, cluster }: Clustered): void {
    this.n += 1;
    if (cluster === undefined) {
      this.alone.add(value);
      return;
    }
    const sums = this.clusters.get(cluster);
    if (sums === undefined) this.clusters.set(cluster, { sum: value, count: 1 });
    else {
      sums.sum += value;
      sums.count += 1;
    }
  }

  get mean(): number {
    let sum = this.alone.mean * this.alone.n;
    for (const cluster of this.clusters.values()) sum += cluster.sum;
    return sum / this.n;
  }

  /** Null for fewer than two units, which tell nothing of it. */
  error(): StandardError | null {
    const { alone, clusters, mean } = this;
    const units = alone.n + clusters.size;
    if (units < 2) return null;
    let squares = alone.squares + alone.n * (alone.mean - mean) ** 2;
    for (const { sum, count } of clusters.values()) squares += (sum - count * mean) ** 2;
    const value = Math.sqrt((units / (units - 1)) * squares) / this.n;
    return { value: value < negligible ? 0 : value, df: units - 1, units };
  }
}

/** Of values that are all at hand. */
export function standardError(values: Iterable<Clustered>): StandardError | null {
  const spread = new Spread();
  for (const value of values) spread.add(value);
  return spread.error();
}

/** What is drawn again as one. */
export interface ClusterSum {
  readonly sum: number;
  readonly count: number;
}

/** The values added up by cluster. */
export function clusterSums(values: readonly Clustered[]): ClusterSum[] {
  const alone: ClusterSum[] = [];
  const byCluster = new Map<string, ClusterSum>();
  for (const { value, cluster } of values) {
    const one = { sum: value, count: 1 };
    if (cluster === undefined) alone.push(one);
    else {
      const to = byCluster.get(cluster);
      byCluster.set(cluster, to === undefined ? one : { sum: to.sum + value, count: to.count + 1 });
    }
  }
  return [...alone, ...byCluster.values()];
}
