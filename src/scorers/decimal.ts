/** Decimal numbers as they are written, without the rounding of floating point: 0.1 + 0.2 is 0.3 here. Pure. */

/** `units` × 10^`exponent`. */
export interface Decimal {
  readonly units: bigint;
  readonly exponent: number;
}

/** Larger or finer than any number somebody means; a bound for the work too. */
const mostDigits = 400;

/** Reads `-1234.50`, `.5`, `1.2e3`; null where it is none, or beyond 400 digits. */
export function decimalOf(text: string): Decimal | null {
  const [, sign, whole = '', fraction = '', power = '0'] =
    /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/.exec(text) ?? [];
  const digits = whole + fraction;
  if (sign === undefined || digits === '' || digits.length > mostDigits) return null;
  const exponent = Number(power) - fraction.length;
  if (Math.abs(exponent) > mostDigits) return null;
  const units = BigInt(digits);
  return { units: sign === '-' ? -units : units, exponent };
}

/** Is it at most `tolerance` away, or at most that share of the expected number? */
export function isWithin(seen: Decimal, expected: Decimal, tolerance: Tolerance): boolean {
  const limit = tolerance.isRelative ? times(absolute(expected), tolerance.amount) : tolerance.amount;
  const exponent = Math.min(seen.exponent, expected.exponent, limit.exponent);
  const [a, b, most] = [seen, expected, limit].map((each) => scaled(each, exponent)) as [
    bigint,
    bigint,
    bigint,
  ];
  const difference = a > b ? a - b : b - a;
  return difference <= most;
}

export interface Tolerance {
  readonly amount: Decimal;
  /** A share of the expected number; else as it is. */
  readonly isRelative: boolean;
}

export const noTolerance: Tolerance = { amount: { units: 0n, exponent: 0 }, isRelative: false };

/** Reads `0.01` and `1%`; null where it is none, or less than 0. */
export function toleranceOf(text: string): Tolerance | null {
  const isRelative = text.trim().endsWith('%');
  const amount = decimalOf((isRelative ? text.trim().slice(0, -1) : text).trim());
  if (amount === null || amount.units < 0n) return null;
  const exponent = amount.exponent - (isRelative ? 2 : 0);
  return { amount: { units: amount.units, exponent }, isRelative };
}

const absolute = ({ units, exponent }: Decimal): Decimal => ({
  units: units < 0n ? -units : units,
  exponent,
});
const times = (a: Decimal, b: Decimal): Decimal => ({
  units: a.units * b.units,
  exponent: a.exponent + b.exponent,
});
const scaled = ({ units, exponent }: Decimal, to: number): bigint =>
  exponent === to ? units : units * 10n ** BigInt(exponent - to);
