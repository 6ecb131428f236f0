/** The regularized incomplete beta function, on which the binomial's and Student's tails rest. */

import { binomialDensity } from './binomial-density.ts';

const tiny = 1e-300;
/** The fraction needs about √max(a, b) steps: enough for a million trials. */
const mostSteps = 20_000;

/**
 * I_x(a, b), for a, b > 0 and x from 0 to 1; `rest` is 1 − x where that is known better than by the difference.
 * Continued fraction DLMF 8.17.22, evaluated as Lentz 1976 does; its factor as Loader 2000.
 */
export function incompleteBeta(a: number, b: number, x: number, rest = 1 - x): number {
  if (x <= 0) return 0;
  if (rest <= 0) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - lowerTail(b, a, rest, x);
  return lowerTail(a, b, x, rest);
}

function lowerTail(a: number, b: number, x: number, rest: number): number {
  // x^a (1 − x)^b / (a B(a, b))
  const factor = (b / (a + b)) * binomialDensity(a, a + b, x, rest);
  return factor === 0 ? 0 : factor / fraction(a, b, x);
}

function fraction(a: number, b: number, x: number): number {
  let value = 1;
  let numerator = 1;
  let denominator = 0;
  for (let step = 1; step <= mostSteps; step += 1) {
    const term = termOf(step, a, b, x);
    denominator = 1 / away(1 + term * denominator);
    numerator = away(1 + term / numerator);
    const change = numerator * denominator;
    value *= change;
    if (Math.abs(change - 1) < 1e-16) return value;
  }
  return value;
}

function termOf(step: number, a: number, b: number, x: number): number {
  const m = Math.floor(step / 2);
  const at = a + 2 * m;
  if (step % 2 === 0) return (m * (b - m) * x) / ((at - 1) * at);
  return (-(a + m) * (a + b + m) * x) / (at * (at + 1));
}

/** From zero, by which is divided. */
const away = (value: number) => (Math.abs(value) < tiny ? tiny : value);
