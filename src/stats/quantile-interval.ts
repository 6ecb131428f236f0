/** A quantile of independent values and the ranks that bound it, whatever their distribution. */

import { binomialQuantile } from './binomial.ts';

/** Ranks count from 1; null where so many values do not bound it on that side. */
export interface RankInterval {
  readonly low: number | null;
  readonly high: number | null;
}

export interface QuantileEstimate {
  /** By nearest rank. */
  readonly value: number;
  /** In the values' unit; null where no value bounds it on that side. */
  readonly low: number | null;
  readonly high: number | null;
}

/** Ranks of n sorted values between which the quantile lies with this confidence (order statistics: David & Nagaraja 2003, 7.1). */
export function quantileRanks(quantile: number, n: number, confidence: number): RankInterval {
  const tail = (1 - confidence) / 2;
  const low = binomialQuantile(tail, n, quantile);
  const high = binomialQuantile(1 - tail, n, quantile) + 1;
  return { low: low < 1 ? null : low, high: high > n ? null : high };
}

/** The fewest values of which the outermost bounds the quantile with this confidence: 59 for p95, 299 for p99 at 95 % (Wilks 1941). */
export function fewestForQuantile(quantile: number, confidence: number): number {
  return Math.ceil(Math.log(1 - confidence) / Math.log(Math.max(quantile, 1 - quantile)));
}

/** The quantile of values in any order; null where they are too few for it. */
export function estimateQuantile(
  values: readonly number[],
  quantile: number,
  confidence: number,
): QuantileEstimate | null {
  const n = values.length;
  if (n < fewestForQuantile(quantile, confidence)) return null;
  const sorted = Float64Array.from(values).sort();
  const at = (rank: number | null) => (rank === null ? null : (sorted[rank - 1] ?? null));
  const ranks = quantileRanks(quantile, n, confidence);
  // 0.07 × 100 is a little above 7.
  const nearest = Math.min(n, Math.max(1, Math.ceil(quantile * n - 1e-9)));
  return { value: sorted[nearest - 1] ?? Number.NaN, low: at(ranks.low), high: at(ranks.high) };
}
