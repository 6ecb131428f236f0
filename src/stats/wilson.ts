/** The score interval of a share. */

import { cut, type Interval } from './interval.ts';

/**
 * Bounds of a share p seen in n, at `z` standard errors: the shares that p would not be far from (Wilson 1927).
 *
 * @param n Need not be whole: an effective size will do.
 */
export function wilsonInterval(p: number, n: number, z: number): Interval {
  const square = (z * z) / n;
  const middle = p + square / 2;
  const reach = z * Math.sqrt((p * (1 - p) + square / 4) / n);
  const interval = {
    low: p === 0 ? 0 : (middle - reach) / (1 + square),
    high: p === 1 ? 1 : (middle + reach) / (1 + square),
  };
  return cut(interval, p, [0, 1]);
}

/** The share that failures are below, with this confidence, where none was seen in n: 1 − α^(1/n), nearly 3/n (Hanley & Lippman-Hand 1983). */
export const upperBoundOfNone = (n: number, confidence = 0.95): number =>
  n === 0 ? 1 : 1 - (1 - confidence) ** (1 / n);
