import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHistogram } from '../../src/reports/distribution.ts';

const thirtyDaysMs = 30 * 24 * 3_600_000;

function distributionOf(times: readonly number[]) {
  const histogram = createHistogram();
  for (const ms of times) histogram.add(ms);
  return histogram.distribution();
}

/** Nearest rank on all values sorted. */
function trueValueAt(percent: number, times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.ceil((percent * sorted.length) / 100) - 1] ?? Number.NaN;
}

/** Spread evenly over the magnitudes, from 0.01 ms to 30 days. */
const time = fc
  .double({ min: 0, max: 1, noNaN: true })
  .map((share) => Math.min(thirtyDaysMs, 0.01 * (thirtyDaysMs / 0.01) ** share));

describe('a histogram', () => {
  it('is within 0.5 % of the percentiles of all values sorted', () => {
    fc.assert(
      fc.property(fc.array(time, { minLength: 299, maxLength: 600 }), (times) => {
        const { p50, p90, p95, p99 } = distributionOf(times);

        for (const [percent, told] of Object.entries({ 50: p50, 90: p90, 95: p95, 99: p99 })) {
          const truth = trueValueAt(Number(percent), times);
          expect(Math.abs((told ?? Number.NaN) - truth) / truth).toBeLessThanOrEqual(0.005);
        }
      }),
    );
  });

  it('is within 0.5 % at every magnitude and at the ends', () => {
    for (let ms = 0.01; ms < thirtyDaysMs; ms *= 1.013) {
      // Neighbours far below and above, so that neither the smallest nor the largest value bounds the middle.
      const { p50 } = distributionOf([0.01, ms, thirtyDaysMs]);
      expect(Math.abs((p50 ?? Number.NaN) - ms) / ms).toBeLessThanOrEqual(0.005);
    }
  });

  it('knows how many there were and the largest exactly', () => {
    fc.assert(
      fc.property(fc.array(time, { minLength: 1 }), (times) => {
        const { n, max } = distributionOf(times);

        expect(n).toBe(times.length);
        expect(max).toBe(Math.max(...times));
      }),
    );
  });

  it('tells a stall of one in a hundred from p99 on, as nearest rank does', () => {
    const times = Array.from({ length: 10_000 }, (_, place) => (place % 100 === 99 ? 2_000 : 20));

    const onTheEdge = distributionOf(times);
    const oneMore = distributionOf([...times, 2_000]);

    expect(onTheEdge).toMatchObject({ p50: expect.closeTo(20, 0), p99: expect.closeTo(20, 0), max: 2_000 });
    expect(oneMore.p95).toBeCloseTo(20, 0);
    expect(Math.abs((oneMore.p99 ?? 0) - 2_000)).toBeLessThanOrEqual(10);
  });

  it.each([
    [0, [null, null, null, null, null]],
    [1, [7, null, null, null, 7]],
    [28, [7, null, null, null, 7]],
    [29, [7, 7, null, null, 7]],
    [58, [7, 7, null, null, 7]],
    [59, [7, 7, 7, null, 7]],
    [298, [7, 7, 7, null, 7]],
    [299, [7, 7, 7, 7, 7]],
  ])('of %i values tells only the percentiles they support', (n, expected) => {
    const { p50, p90, p95, p99, max } = distributionOf(Array<number>(n).fill(7));

    expect([p50, p90, p95, p99, max]).toEqual(expected);
  });

  it('takes what is shorter than it can tell apart for 0, and what is longer for a month, the largest excepted', () => {
    expect(distributionOf([0, 0.001, 0.009]).p50).toBe(0);
    expect(distributionOf([1e12, 2e12, 3e12])).toMatchObject({ p50: 1e12, max: 3e12 });
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d as a time', (ms) => {
    expect(() => createHistogram().add(ms)).toThrow(RangeError);
  });
});
