import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootstrapInterval } from '../../src/stats/bootstrap.ts';
import { effectiveSize } from '../../src/stats/effective-size.ts';
import { estimateDefaults, estimateMean } from '../../src/stats/estimate.ts';
import { standardError } from '../../src/stats/standard-error.ts';
import { upperBoundOfNone, wilsonInterval } from '../../src/stats/wilson.ts';
import { binary, madePairs, numbersIn, score, simulated, someExamples, times } from './made-scores.ts';

const z = 1.959963984540054;
const quick = { ...estimateDefaults, draws: 200 };

describe('wilsonInterval', () => {
  // scipy 1.17.1, binomtest(k, n).proportion_ci(0.95, 'wilson')
  it.each([
    [7, 10, 0.39677814746114526, 0.892208732593699],
    [0, 10, 0, 0.27753279986288926],
    [10, 10, 0.7224672001371109, 1],
    [45, 50, 0.7863976856252034, 0.9565242350681095],
    [1, 3, 0.06149194472039626, 0.7923403991979523],
    [199, 200, 0.972226295602107, 0.999116831284399],
    [0, 1, 0, 0.7934506856227626],
    [480, 1000, 0.44917079499694124, 0.510982275342481],
  ])('of %i in %i', (good, n, low, high) => {
    const interval = wilsonInterval(good / n, n, z);

    expect(interval.low).toBeCloseTo(low, 12);
    expect(interval.high).toBeCloseTo(high, 12);
  });

  it('is narrower with more of the same', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 10_000 }), (p, n) => {
        const [few, more] = [wilsonInterval(p, n, z), wilsonInterval(p, 2 * n, z)];

        expect(more.high - more.low).toBeLessThan(few.high - few.low);
      }),
    );
  });

  it('is mirrored where good and bad change places', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 500 }), (good, bad) => {
        const n = good + bad;
        const [one, other] = [wilsonInterval(good / n, n, z), wilsonInterval(bad / n, n, z)];

        expect(one.low).toBeCloseTo(1 - other.high, 12);
        expect(one.high).toBeCloseTo(1 - other.low, 12);
      }),
    );
  });
});

describe('upperBoundOfNone', () => {
  it('is nearly 3/n', () => {
    expect(upperBoundOfNone(100)).toBeCloseTo(0.0295130496, 9);
    expect(upperBoundOfNone(59)).toBeLessThan(0.05);
    expect([upperBoundOfNone(0), upperBoundOfNone(1)]).toEqual([1, 0.95]);
  });
});

describe('standardError', () => {
  const values = [1, 1, 0, 1, 0.5, 1, 0, 1, 1, 0.75];
  const clusters = [0, 0, 0, 1, 1, 1, 2, 2, 3, 3];

  it('is s/√n where each stands alone', () => {
    const error = standardError(values.map((value) => ({ value, cluster: undefined })));

    expect(error?.value).toBeCloseTo(0.13149778, 7);
    expect(error?.df).toBe(9);
  });

  it('is the clustered one, with the factor for few clusters', () => {
    const error = standardError(values.map((value, at) => ({ value, cluster: String(clusters[at]) })));

    expect(error?.value).toBeCloseTo(0.0756086, 7);
    expect((error?.value ?? 0) * Math.sqrt(3 / 4)).toBeCloseTo(0.065479, 7);
    expect(error?.df).toBe(3);
  });

  it('is 0, not rounding, where all are alike', () => {
    expect(standardError(times(7, () => ({ value: 0.1 + 0.2, cluster: undefined })))?.value).toBe(0);
  });
});

describe('effectiveSize', () => {
  it('lies between the units and the trials', () => {
    expect(effectiveSize(0.5, 0.1, { units: 10, trials: 50 })).toBeCloseTo(25, 12);
    expect(effectiveSize(0.5, 0.01, { units: 10, trials: 50 })).toBe(50);
    expect(effectiveSize(0.5, 0.4, { units: 10, trials: 50 })).toBe(10);
    expect(effectiveSize(0.5, 0, { units: 10, trials: 50 })).toBe(10);
  });
});

describe('bootstrapInterval', () => {
  const values = [0.1, 0.4, 0.8, 1, 0.9].map((value) => ({ value, cluster: undefined }));

  it('is near that of all 3,125 resamples', () => {
    // numpy, over every resample of five: [0.32, 0.92]
    const { low, high } = bootstrapInterval(values, { confidence: 0.95, draws: 20_000, seed: 5 });

    expect(Math.abs(low - 0.32)).toBeLessThanOrEqual(0.02);
    expect(Math.abs(high - 0.92)).toBeLessThanOrEqual(0.02);
  });

  it('is the same for a seed, whatever the order', () => {
    const options = { confidence: 0.9, draws: 300, seed: 11 };

    expect(bootstrapInterval(values.toReversed(), options)).toEqual(bootstrapInterval(values, options));
    expect(bootstrapInterval(values, { ...options, seed: 12 })).not.toEqual(
      bootstrapInterval(values, options),
    );
  });

  it('is the same in any order where a cluster adds up to a little less than 1', () => {
    const mixed = [1 / 6, 1 / 3, 1 / 2, 1, 0, 1].map((value, at) => ({
      value,
      cluster: at < 3 ? 'a' : undefined,
    }));
    const options = { confidence: 0.9, draws: 50, seed: 1 };
    const one = bootstrapInterval(mixed, options);

    for (const other of [mixed.toReversed(), [...mixed.slice(1), ...mixed.slice(0, 1)]]) {
      const { low, high } = bootstrapInterval(other, options);
      expect(low).toBeCloseTo(one.low, 12);
      expect(high).toBeCloseTo(one.high, 12);
    }
  });

  it('resamples clusters whole', () => {
    const inTwo = times(20, (at) => ({ value: at < 10 ? 0 : 1, cluster: at < 10 ? 'a' : 'b' }));

    expect(bootstrapInterval(inTwo, { confidence: 0.9, draws: 500, seed: 1 })).toEqual({ low: 0, high: 1 });
  });
});

describe('estimateMean', () => {
  it('is Wilson on as many as the repeats are worth', () => {
    const trials = ['111', '101', '111', '000', '110', '111', '010', '111', '111', '111'];

    const estimate = estimateMean(trials.map((each) => ({ scores: [...each].map(Number) })));

    expect(estimate).toMatchObject({ method: 'wilson', examples: 10, trials: 30, caution: null });
    expect(estimate?.mean).toBeCloseTo(0.7666666666666666, 12);
    expect(estimate?.effectiveSize).toBeCloseTo(14.34653465346535, 10);
    expect(estimate?.interval?.low).toBeCloseTo(0.5079708552148544, 10);
    expect(estimate?.interval?.high).toBeCloseTo(0.9127179447556136, 10);
  });

  it('counts examples, however many trials they have', () => {
    const estimate = estimateMean([{ scores: [1] }, { scores: [0, 0, 0, 0, 0] }, { scores: [] }]);

    expect(estimate).toMatchObject({ mean: 0.5, examples: 2, trials: 6 });
  });

  it("is Student's of numbers without skew", () => {
    // scipy 1.17.1: t.interval(0.95, 30, mean, sem)
    const examples = madePairs.slice(0, 31).map(({ baseline }) => ({ scores: baseline }));

    const estimate = estimateMean(examples);

    expect(estimate).toMatchObject({ method: 'student', caution: null });
    expect(estimate?.interval?.low).toBeCloseTo(0.39872071830576206, 12);
    expect(estimate?.interval?.high).toBeCloseTo(0.5754728300813345, 12);
  });

  it('is a bootstrap, and says so, of few numbers or skewed ones', () => {
    const few = estimateMean(
      times(12, (at) => ({ scores: [at / 20] })),
      quick,
    );
    const skewed = estimateMean(
      times(60, (at) => ({ scores: [at < 2 ? 0.1 : 0.95] })),
      quick,
    );

    expect(few).toMatchObject({ method: 'bootstrap', caution: expect.stringContaining('only 12 examples') });
    expect(skewed).toMatchObject({ method: 'bootstrap', caution: expect.stringContaining('skewed') });
  });

  it('keeps its caution of very many skewed numbers, without draws', () => {
    const estimate = estimateMean(times(6_000, (at) => ({ scores: [at < 2 ? 0.1 : 0.95] })));

    expect(estimate).toMatchObject({ method: 'student', caution: expect.stringContaining('skewed') });
  });

  it('is not sure of itself where all scores are alike', () => {
    const estimate = estimateMean(times(20, () => ({ scores: [0.5, 0.5] })));

    expect(estimate?.interval?.low).toBeLessThan(0.31);
    expect(estimate?.interval?.high).toBeGreaterThan(0.69);
  });

  it('is wider by clusters that are alike within, and cautious where they are few', () => {
    const made = times(40, (at) => ({ scores: [at % 4 < 3 ? 1 : 0], cluster: `c${at % 4}` }));

    const [clustered, plain] = [estimateMean(made), estimateMean(made.map(({ scores }) => ({ scores })))];

    expect(clustered).toMatchObject({
      units: 4,
      effectiveSize: 4,
      caution: expect.stringContaining('4 clusters'),
    });
    expect(clustered?.interval?.low).toBeLessThan(plain?.interval?.low ?? 0);
  });

  it('refuses what so few cannot tell', () => {
    const oneCluster = estimateMean(times(9, (at) => ({ scores: [at % 2], cluster: 'a' })));
    const fourNumbers = estimateMean(times(4, (at) => ({ scores: [at / 10] })));

    expect(estimateMean([])).toBeNull();
    expect(estimateMean([{ scores: [] }])).toBeNull();
    expect(oneCluster).toMatchObject({ interval: null, caution: expect.stringContaining('two clusters') });
    expect(fourNumbers).toMatchObject({
      interval: null,
      caution: expect.stringContaining('5 of them are the least'),
    });
  });

  it('throws for what is no score', () => {
    for (const wrong of [-0.1, 1.1, Number.NaN])
      expect(() => estimateMean([{ scores: [wrong] }])).toThrow(RangeError);
  });

  it('holds its estimate within 0..1, is never NaN, and the same in any order', () => {
    fc.assert(
      fc.property(fc.oneof(someExamples(binary), someExamples(score)), (examples) => {
        const estimate = estimateMean(examples, quick);
        const turned = estimateMean(examples.toReversed(), quick);

        expect(numbersIn(estimate).every(Number.isFinite)).toBe(true);
        if (estimate?.interval != null) {
          const { low, high } = estimate.interval;
          expect(low).toBeGreaterThanOrEqual(0);
          expect(low).toBeLessThanOrEqual(estimate.mean);
          expect(high).toBeGreaterThanOrEqual(estimate.mean);
          expect(high).toBeLessThanOrEqual(1);
          expect(turned?.interval?.low).toBeCloseTo(low, 6);
          expect(turned?.interval?.high).toBeCloseTo(high, 6);
        } else expect(estimate === null || estimate.caution !== null).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('covers the truth in 92 % and more of 1,500 small runs', () => {
    const truth = 1 - 1 / 8;
    let covered = 0;

    for (let sim = 0; sim < 1_500; sim += 1) {
      const run = simulated(sim, { n: 20, k: 3 }).map(({ baseline }) => ({ scores: baseline }));
      const interval = estimateMean(run)?.interval;
      if (interval != null && interval.low <= truth && truth <= interval.high) covered += 1;
    }

    expect(covered / 1_500).toBeGreaterThan(0.92);
  });
});
