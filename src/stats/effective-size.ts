/** How many independent answers a mean over examples is worth. */

export interface Sizes {
  /** Independent units: examples, or clusters of them. */
  readonly units: number;
  /** Trials over all examples. */
  readonly trials: number;
}

/**
 * p(1 − p)/SE², from the number of units to that of trials: trials of one example repeat each other, as far as they are
 * correlated (Kish 1965, *Survey sampling*: n divided by the design effect). The units where SE is 0, which tells nothing.
 */
export function effectiveSize(p: number, standardError: number, { units, trials }: Sizes): number {
  if (standardError === 0) return units;
  return Math.min(trials, Math.max(units, (p * (1 - p)) / standardError ** 2));
}
