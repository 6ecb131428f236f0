/** The logarithm of the gamma function, and what Stirling's formula leaves of it. */

/** Godfrey's coefficients for g = 7. */
const lanczos = [
  0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406,
  12.507343278686905, -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
];
const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);

/**
 * ln Γ(x), for x > 0.
 * Stirling's series from 15 on, below that Lanczos's approximation (Lanczos 1964; coefficients by Godfrey 2001).
 */
export function logGamma(x: number): number {
  if (x >= 15) return (x - 0.5) * Math.log(x) - x + halfLogTwoPi + stirlingSeries(x);
  let sum = lanczos[0] ?? 0;
  for (let at = 1; at < lanczos.length; at += 1) sum += (lanczos[at] ?? 0) / (x + at - 1);
  const shifted = x + 6.5;
  return halfLogTwoPi + (x - 0.5) * Math.log(shifted) - shifted + Math.log(sum);
}

/**
 * ln Γ(n + 1) less Stirling's formula, for n > 0: small where the logarithm itself is large, and so without its
 * rounding error (Loader 2000, *Fast and accurate computation of binomial probabilities*).
 */
export function stirlingError(n: number): number {
  if (n >= 15) return stirlingSeries(n);
  return logGamma(n + 1) - (n + 0.5) * Math.log(n) + n - halfLogTwoPi;
}

function stirlingSeries(n: number): number {
  const square = n * n;
  const tail = (1 / 1680 - (1 / 1188 - 691 / 360_360 / square) / square) / square;
  return (1 / 12 - (1 / 360 - (1 / 1260 - tail) / square) / square) / n;
}
