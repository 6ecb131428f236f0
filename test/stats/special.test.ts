import { describe, expect, it } from 'vitest';
import { incompleteBeta } from '../../src/stats/beta.ts';
import { binomialCdf, binomialQuantile } from '../../src/stats/binomial.ts';
import { logGamma } from '../../src/stats/gamma.ts';
import { normalCdf, normalQuantile } from '../../src/stats/normal.ts';
import { studentCdf, studentQuantile } from '../../src/stats/student.ts';
import * as vectors from './special-vectors.ts';

/** Of the value, or of 1e-300 where that is 0. */
const relativeError = (got: number, wanted: number) =>
  Math.abs(got - wanted) / Math.max(Math.abs(wanted), 1e-300);

const of3 = (f: (a: number, b: number, c: number) => number) => (args: readonly number[]) =>
  f(args[0] ?? Number.NaN, args[1] ?? Number.NaN, args[2] ?? Number.NaN);

describe('special functions, against 40 digits of mpmath', () => {
  it.each([
    ['normalCdf', of3(normalCdf), vectors.normalCdfVectors],
    ['normalQuantile', of3(normalQuantile), vectors.normalQuantileVectors],
    ['incompleteBeta', of3((a, b, x) => incompleteBeta(a, b, x)), vectors.incompleteBetaVectors],
    ['binomialCdf', of3(binomialCdf), vectors.binomialCdfVectors],
    ['studentCdf', of3(studentCdf), vectors.studentCdfVectors],
    ['studentQuantile', of3(studentQuantile), vectors.studentQuantileVectors],
  ])('%s to 1e-12 of the value', (_, f, table) => {
    const errors = table.map((row) => relativeError(f(row.slice(0, -1)), row.at(-1) ?? Number.NaN));

    expect(table.length).toBeGreaterThan(8);
    expect(Math.max(...errors)).toBeLessThan(1e-12);
  });

  it('logGamma to 1e-14, of the value or of 1', () => {
    const errors = vectors.logGammaVectors.map(
      ([x = 0, wanted = 0]) => Math.abs(logGamma(x) - wanted) / Math.max(1, Math.abs(wanted)),
    );

    expect(Math.max(...errors)).toBeLessThan(1e-14);
  });
});

describe('quantiles and cdf', () => {
  it('undo each other', () => {
    for (const p of [1e-9, 0.001, 0.025, 0.3, 0.5, 0.7, 0.975, 0.9999]) {
      expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 13);
      for (const df of [1, 3.5, 30, 1_000]) expect(studentCdf(studentQuantile(p, df), df)).toBeCloseTo(p, 13);
    }
  });

  it('give the t of tables', () => {
    const wanted = [12.706205, 4.302653, 2.776445, 2.262157, 2.093024, 2.009575, 1.984217];

    const quantiles = [1, 2, 4, 9, 19, 49, 99].map((df) => studentQuantile(0.975, df));

    expect(quantiles.map((t) => Number(t.toFixed(6)))).toEqual(wanted);
  });

  it('of the binomial are the smallest count that is likely enough', () => {
    for (const n of [1, 7, 200])
      for (const p of [0.05, 0.5, 0.95])
        for (const probability of [0.025, 0.5, 0.975]) {
          const k = binomialQuantile(probability, n, p);

          expect(binomialCdf(k, n, p)).toBeGreaterThanOrEqual(probability);
          expect(binomialCdf(k - 1, n, p)).toBeLessThan(probability);
        }
  });

  it('hold at the ends', () => {
    expect([incompleteBeta(2, 3, 0), incompleteBeta(2, 3, 1)]).toEqual([0, 1]);
    expect([
      binomialCdf(-1, 5, 0.5),
      binomialCdf(5, 5, 0.5),
      binomialCdf(2, 5, 0),
      binomialCdf(2, 5, 1),
    ]).toEqual([0, 1, 1, 0]);
    expect(studentQuantile(0.5, 7)).toBe(0);
  });
});
