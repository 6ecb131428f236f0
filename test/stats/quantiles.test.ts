import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateQuantile, fewestForQuantile, quantileRanks } from '../../src/stats/quantile-interval.ts';
import { times } from './made-scores.ts';

describe('quantileRanks', () => {
  // scipy 1.17.1: quantile_test(range(1, n + 1), p=q).confidence_interval(0.95)
  it.each([
    [0.5, 200, 86, 115],
    [0.95, 200, 184, 197],
    [0.5, 30, 10, 21],
    [0.9, 100, 84, 96],
    [0.99, 500, 490, 500],
    [0.95, 59, 52, null],
    [0.25, 40, 5, 17],
  ])('of p%d in %i values', (quantile, n, low, high) => {
    expect(quantileRanks(quantile, n, 0.95)).toEqual({ low, high });
  });
});

describe('estimateQuantile', () => {
  it('refuses what so few cannot support', () => {
    expect([0.5, 0.9, 0.95, 0.99].map((quantile) => fewestForQuantile(quantile, 0.95))).toEqual([
      5, 29, 59, 299,
    ]);
    expect(
      estimateQuantile(
        times(58, (at) => at),
        0.95,
        0.95,
      ),
    ).toBeNull();
    expect(
      estimateQuantile(
        times(59, (at) => at),
        0.95,
        0.95,
      ),
    ).toEqual({ value: 56, low: 51, high: null });
    expect(estimateQuantile([], 0.5, 0.95)).toBeNull();
  });

  it('is by nearest rank, also where the product is a little off', () => {
    expect(
      estimateQuantile(
        times(100, (at) => at + 1),
        0.07,
        0.95,
      )?.value,
    ).toBe(7);
    expect(
      estimateQuantile(
        times(200, (at) => 200 - at),
        0.95,
        0.95,
      )?.value,
    ).toBe(190);
  });

  it('holds its value, in any order', () => {
    const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 5, maxLength: 120 });
    fc.assert(
      fc.property(values, fc.constantFrom(0.5, 0.75, 0.9), (latencies, quantile) => {
        const estimate = estimateQuantile(latencies, quantile, 0.95);

        expect(estimateQuantile(latencies.toReversed(), quantile, 0.95)).toEqual(estimate);
        if (estimate === null) return;
        expect(estimate.low ?? estimate.value).toBeLessThanOrEqual(estimate.value);
        expect(estimate.high ?? estimate.value).toBeGreaterThanOrEqual(estimate.value);
      }),
    );
  });
});
