/** The standard normal distribution. */

const density = (z: number) => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);

/** Where the series' sum would cancel against one half, and the continued fraction is short. */
const tailFrom = 3;

/**
 * How likely is a value up to z.
 * A series near the middle (Marsaglia 2004, *Evaluating the normal distribution*), in the tails Laplace's continued
 * fraction (Abramowitz & Stegun 1964, 26.2.14).
 */
export function normalCdf(z: number): number {
  if (z < -tailFrom) return upperTail(-z);
  if (z > tailFrom) return 1 - upperTail(z);
  let sum = z;
  let term = z;
  for (let odd = 3; odd < 200; odd += 2) {
    term *= (z * z) / odd;
    const next = sum + term;
    if (next === sum) break;
    sum = next;
  }
  return 0.5 + sum * density(z);
}

function upperTail(z: number): number {
  let fraction = z;
  for (let step = 120; step >= 1; step -= 1) fraction = z + step / fraction;
  return density(z) / fraction;
}

/** Numerators and denominators of AS 241, from the constant term up. */
const middle = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
    67265.7709270087, 33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852854,
  ],
] as const;
const near = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
] as const;
const far = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
    1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15,
  ],
] as const;

/** The z up to which a value is with this probability, 0 < p < 1: algorithm AS 241 (Wichura 1988). */
export function normalQuantile(p: number): number {
  const fromMiddle = p - 0.5;
  if (Math.abs(fromMiddle) <= 0.425) return fromMiddle * ratio(middle, 0.180625 - fromMiddle * fromMiddle);
  const root = Math.sqrt(-Math.log(Math.min(p, 1 - p)));
  const size = root <= 5 ? ratio(near, root - 1.6) : ratio(far, root - 5);
  return fromMiddle < 0 ? -size : size;
}

function ratio([numerator, denominator]: readonly [readonly number[], readonly number[]], x: number): number {
  return polynomial(numerator, x) / polynomial(denominator, x);
}

/** Horner's rule. */
const polynomial = (coefficients: readonly number[], x: number) =>
  coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
