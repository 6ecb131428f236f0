/** Student's t distribution. */

import { incompleteBeta } from './beta.ts';
import { bisect } from './bisect.ts';

/** How likely is a value up to t, at so many degrees of freedom (Abramowitz & Stegun 1964, 26.7.1). */
export function studentCdf(t: number, df: number): number {
  const upper = upperTail(Math.abs(t), df);
  return t > 0 ? 1 - upper : upper;
}

function upperTail(t: number, df: number): number {
  const square = t * t;
  return 0.5 * incompleteBeta(df / 2, 0.5, df / (df + square), square / (df + square));
}

/** The t up to which a value is with this probability, 0 < p < 1: the cdf's inverse, by bisection. */
export function studentQuantile(p: number, df: number): number {
  if (p === 0.5) return 0;
  const tail = Math.min(p, 1 - p);
  let high = 1;
  while (upperTail(high, df) > tail) high *= 2;
  const size = bisect((t) => upperTail(t, df) - tail, high === 1 ? 0 : high / 2, high);
  return p < 0.5 ? -size : size;
}
