/** The binomial probability without the rounding error of large factorials. */

import { stirlingError } from './gamma.ts';

/**
 * C(n, k) p^k q^(n−k), for 0 ≤ k ≤ n, not only whole; `q` is 1 − p.
 * Saddle-point form (Loader 2000): its error does not grow with n.
 */
export function binomialDensity(k: number, n: number, p: number, q: number): number {
  if (p <= 0) return k === 0 ? 1 : 0;
  if (q <= 0) return k === n ? 1 : 0;
  if (k === 0) return powerOf(q, p, n);
  if (k === n) return powerOf(p, q, n);
  const rest = n - k;
  const logFactor = stirlingError(n) - stirlingError(k) - stirlingError(rest);
  const logDensity = logFactor - deviance(k, n * p) - deviance(rest, n * q);
  return Math.exp(logDensity) * Math.sqrt(n / (2 * Math.PI * k * rest));
}

/** base^n, by the smaller of base and its rest to 1. */
const powerOf = (base: number, rest: number, n: number) =>
  Math.exp(n * (rest < 0.5 ? Math.log1p(-rest) : Math.log(base)));

/** x ln(x / mean) + mean − x: by a series where the two are near, and the terms would cancel. */
function deviance(x: number, mean: number): number {
  if (Math.abs(x - mean) >= 0.1 * (x + mean)) return x * Math.log(x / mean) + mean - x;
  const ratio = (x - mean) / (x + mean);
  const square = ratio * ratio;
  let sum = (x - mean) * ratio;
  let power = 2 * x * ratio;
  for (let odd = 3; odd < 1_000; odd += 2) {
    power *= square;
    const next = sum + power / odd;
    if (next === sum) return sum;
    sum = next;
  }
  return sum;
}
