import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agreementOf } from '../../src/stats/agreement.ts';
import { estimateDifference } from '../../src/stats/difference.ts';
import { mannWhitney } from '../../src/stats/mann-whitney.ts';
import { exactMcNemar } from '../../src/stats/mcnemar.ts';
import { benjaminiHochberg, holm } from '../../src/stats/multiple-tests.ts';
import { pairedRatio } from '../../src/stats/paired-ratio.ts';
import { tangoInterval } from '../../src/stats/tango.ts';
import { binary, counted, madePairs, numbersIn, score, somePairs, times } from './made-scores.ts';

const z = 1.959963984540054;

describe('tangoInterval', () => {
  // Made by maximising the trinomial likelihood under each difference, by bisection, with 30 digits of mpmath.
  it.each([
    [12, 2, 50, 0.06111240618634399, 0.3447087482821487],
    [0, 0, 20, -0.16112515805281935, 0.16112515805281935],
    [3, 12, 100, -0.17374284469267404, -0.015977141703534606],
    [5, 5, 40, -0.16632365750729486, 0.16632365750729486],
    [0, 7, 30, -0.4092832615812217, -0.09333348175210521],
    [1, 0, 10, -0.20528607984917813, 0.4041500267952385],
    [9, 1, 10, 0.19169994640952306, 0.9642475738098542],
    [20, 35, 1000, -0.0303337643694988, -0.00048043169534370093],
  ])('of %i gained and %i lost in %i', (gained, lost, n, low, high) => {
    const interval = tangoInterval({ gained, lost, n }, z);

    expect(interval.low).toBeCloseTo(low, 11);
    expect(interval.high).toBeCloseTo(high, 11);
  });

  it('holds the difference, within −1..1, and is mirrored where the runs change places', () => {
    const count = fc.integer({ min: 0, max: 60 });
    fc.assert(
      fc.property(count, count, count, (gained, lost, same) => {
        fc.pre(gained + lost + same > 0);
        const n = gained + lost + same;
        const [one, other] = [
          tangoInterval({ gained, lost, n }, z),
          tangoInterval({ gained: lost, lost: gained, n }, z),
        ];

        expect(one.low).toBeLessThanOrEqual((gained - lost) / n);
        expect(one.high).toBeGreaterThanOrEqual((gained - lost) / n);
        expect(Math.min(1 + one.low, 1 - one.high)).toBeGreaterThanOrEqual(0);
        expect(one.low).toBeCloseTo(-other.high, 10);
        expect(one.high).toBeCloseTo(-other.low, 10);
      }),
    );
  });

  it('is narrower with more of the same', () => {
    const count = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(count, count, fc.integer({ min: 1, max: 40 }), (gained, lost, same) => {
        const n = gained + lost + same;
        const [few, more] = [
          tangoInterval({ gained, lost, n }, z),
          tangoInterval({ gained: 2 * gained, lost: 2 * lost, n: 2 * n }, z),
        ];

        expect(more.high - more.low).toBeLessThan(few.high - few.low);
      }),
    );
  });
});

describe('exactMcNemar', () => {
  // scipy 1.17.1: binomtest(b, b + c), less binom.pmf for mid-p
  it.each([
    [3, 12, 0.03515625, 0.02127075195312501],
    [0, 5, 0.0625, 0.03125],
    [6, 6, 1, 1],
    [1, 9, 0.021484375, 0.01171875],
    [40, 70, 0.005447429511444476, 0.004195534185394846],
    [7, 8, 1, 0.8036193847656249],
    [0, 0, 1, 1],
  ])('of %i gained and %i lost', (gained, lost, p, midP) => {
    const test = exactMcNemar(gained, lost);

    expect(test.p).toBeCloseTo(p, 12);
    expect(test.midP).toBeCloseTo(midP, 12);
    expect(exactMcNemar(lost, gained)).toEqual(test);
  });
});

describe('several tests', () => {
  const rounded = (values: number[]) => values.map((value) => Number(value.toFixed(12)));

  it('by Holm', () => {
    expect(rounded(holm([0.005, 0.01, 0.03, 0.04]))).toEqual([0.02, 0.03, 0.06, 0.06]);
    expect(rounded(holm([0.04, 0.005, 0.03, 0.01]))).toEqual([0.06, 0.02, 0.06, 0.03]);
    expect(holm([])).toEqual([]);
  });

  it('by Benjamini and Hochberg', () => {
    expect(rounded(benjaminiHochberg([0.01, 0.04, 0.03, 0.005]))).toEqual([0.02, 0.04, 0.04, 0.02]);
  });

  it('never lower a p, keep their order, and stay within 1', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (pValues) => {
        for (const adjusted of [holm(pValues), benjaminiHochberg(pValues)])
          pValues.forEach((p, at) => {
            expect(adjusted[at]).toBeGreaterThanOrEqual(p * (1 - 1e-12));
            expect(adjusted[at]).toBeLessThanOrEqual(1);
            pValues.forEach((other, place) => {
              if (other > p) expect(adjusted[place]).toBeGreaterThanOrEqual(adjusted[at] ?? 1);
            });
          });
      }),
      { numRuns: 50 },
    );
  });
});

describe('estimateDifference', () => {
  it("is Student's of repeated trials", () => {
    // scipy 1.17.1: ttest_1samp(d, 0).confidence_interval(0.95)
    const estimate = estimateDifference(madePairs, 0.95);

    expect(estimate).toMatchObject({ method: 'student', examples: 40, changes: null, caution: null });
    expect(estimate?.difference).toBeCloseTo(-0.0016666666666666718, 12);
    expect(estimate?.standardError).toBeCloseTo(0.04759081886126818, 12);
    expect(estimate?.interval?.low).toBeCloseTo(-0.09792818385446805, 12);
    expect(estimate?.interval?.high).toBeCloseTo(0.0945948505211347, 12);
  });

  it('is clustered where examples are', () => {
    // numpy: the formula of the standard error, and t of 13 degrees of freedom
    const clustered = madePairs.map((pair, at) => ({ ...pair, cluster: `c${Math.floor(at / 3)}` }));

    const estimate = estimateDifference(clustered, 0.95);

    expect(estimate).toMatchObject({ method: 'student', units: 14, caution: null });
    expect(estimate?.standardError).toBeCloseTo(0.01593880189923026, 12);
    expect(estimate?.interval?.low).toBeCloseTo(-0.036100354711333334, 12);
    expect(estimate?.interval?.high).toBeCloseTo(0.03276702137799999, 12);
  });

  it("is Tango's of single trials, with the counts", () => {
    const estimate = estimateDifference(counted(30, 12, 2, 6), 0.95);

    expect(estimate).toMatchObject({ method: 'tango', changes: { n: 50, gained: 12, lost: 2 } });
    expect(estimate?.interval?.low).toBeCloseTo(0.061112406, 8);
    expect(estimate?.interval?.high).toBeCloseTo(0.344708748, 8);
  });

  it('leaves out and counts examples without a score in one of the runs', () => {
    const estimate = estimateDifference(
      [...counted(3, 0, 1), { baseline: [1], candidate: [] }, { baseline: [], candidate: [0] }],
      0.95,
    );

    expect(estimate).toMatchObject({ examples: 4, leftOut: 2, baseline: 1, candidate: 0.75 });
  });

  it('is not sure of itself where few examples, or none, changed', () => {
    const none = estimateDifference(
      times(25, () => ({ baseline: [1, 1, 1], candidate: [1, 1, 1] })),
      0.95,
    );
    const one = times(100, (at) => ({ baseline: [1, 1, 1], candidate: at === 0 ? [0, 0, 0] : [1, 1, 1] }));

    expect(none?.interval?.low).toBeCloseTo(-(z * z) / (25 + z * z), 10);
    expect(estimateDifference(one, 0.95)).toMatchObject({ method: 'tango' });
  });

  it('refuses an interval of one example or one cluster', () => {
    const one = estimateDifference([{ baseline: [1, 0], candidate: [0, 0] }], 0.95);
    const oneCluster = estimateDifference(
      madePairs.map((pair) => ({ ...pair, cluster: 'a' })),
      0.95,
    );

    expect(one).toMatchObject({ interval: null, caution: expect.stringContaining('one example') });
    expect(oneCluster).toMatchObject({ interval: null, caution: expect.stringContaining('one cluster') });
    expect(estimateDifference([], 0.95)).toBeNull();
  });

  it('holds the difference, is never NaN, mirrored by swapped runs, the same in any order', () => {
    fc.assert(
      fc.property(fc.oneof(somePairs(binary), somePairs(score)), (pairs) => {
        const estimate = estimateDifference(pairs, 0.95);
        const swapped = estimateDifference(
          pairs.map(({ baseline, candidate, cluster }) => ({
            baseline: candidate,
            candidate: baseline,
            cluster,
          })),
          0.95,
        );
        const turned = estimateDifference(pairs.toReversed(), 0.95);

        expect(numbersIn(estimate).every(Number.isFinite)).toBe(true);
        if (estimate?.interval == null) return;
        const { difference, interval } = estimate;
        expect(interval.low).toBeLessThanOrEqual(difference);
        expect(interval.high).toBeGreaterThanOrEqual(difference);
        expect(Math.min(1 + interval.low, 1 - interval.high)).toBeGreaterThanOrEqual(0);
        expect(swapped?.interval?.low).toBeCloseTo(-interval.high, 6);
        expect(swapped?.interval?.high).toBeCloseTo(-interval.low, 6);
        expect(turned?.interval?.low).toBeCloseTo(interval.low, 6);
      }),
      { numRuns: 150 },
    );
  });
});

describe('pairedRatio', () => {
  const baseline = [
    [900, 1000, 1100],
    [500, 510, 900],
    [2000, 2100, 1900],
    [100, 120, 110],
    [700, 650, 800],
  ];
  const candidate = [
    [1200, 1000, 1400],
    [600, 700, 650],
    [2000, 2500, 2600],
    [130, 100, 120],
    [900, 950, 800],
  ];
  const pairs = baseline.map((each, at) => ({ baseline: each, candidate: candidate[at] ?? [] }));

  it('is the geometric mean with its interval', () => {
    // scipy 1.17.1: exp of ttest_1samp(log ratios of medians).confidence_interval(0.95)
    const estimate = pairedRatio(pairs, 0.95);

    expect(estimate?.ratio).toBeCloseTo(1.2180734973389804, 12);
    expect(estimate?.interval?.low).toBeCloseTo(1.1206695136624054, 12);
    expect(estimate?.interval?.high).toBeCloseTo(1.3239434345552932, 12);
  });

  it('leaves out what has no ratio', () => {
    const estimate = pairedRatio(
      [...pairs, { baseline: [0], candidate: [5] }, { baseline: [], candidate: [5] }],
      0.95,
    );

    expect(estimate).toMatchObject({ examples: 5, leftOut: 2 });
    expect(pairedRatio(pairs.slice(0, 1), 0.95)?.interval).toBeNull();
    expect(pairedRatio([{ baseline: [0], candidate: [0] }], 0.95)).toBeNull();
  });
});

describe('mannWhitney', () => {
  // scipy 1.17.1: mannwhitneyu, exact, and asymptotic where there are ties
  it.each([
    [[1.2, 3.4, 2.2, 5.1, 2.9, 3.3], [2.0, 3.9, 4.1, 5.6, 3.8], 8, 0.24675324675324672, 'exact'],
    [[1, 2, 3], [4, 5, 6, 7], 0, 0.05714285714285714, 'exact'],
    [[1, 2, 2, 3, 5], [2, 4, 4, 6, 7, 8], 5, 0.07934368319771502, 'normal'],
  ])('of %j against %j', (first, second, u, p, method) => {
    const test = mannWhitney(first, second);

    expect(test).toMatchObject({ u, method });
    expect(test?.p).toBeCloseTo(p, 12);
    expect(mannWhitney(second, first)?.p).toBeCloseTo(p, 12);
  });

  it('finds nothing where all are alike, and says nothing of no values', () => {
    expect(mannWhitney([1, 1], [1, 1, 1])?.p).toBe(1);
    expect(mannWhitney([], [1])).toBeNull();
  });
});

describe('agreementOf', () => {
  it('is agreement beyond chance', () => {
    const said = (n: number, judge: string, person: string) =>
      times(n, (): [string, string] => [judge, person]);
    const pairs = [
      ...said(20, 'yes', 'yes'),
      ...said(5, 'yes', 'no'),
      ...said(10, 'no', 'yes'),
      ...said(15, 'no', 'no'),
    ];

    const agreement = agreementOf(pairs);

    expect(agreement).toMatchObject({ share: 0.7, n: 50 });
    expect(agreement?.kappa).toBeCloseTo(0.4, 12);
    expect(agreementOf(said(5, 'yes', 'yes'))?.kappa).toBeNull();
    expect(agreementOf([])).toBeNull();
  });

  // By the delta method, its gradient taken numerically in Python.
  it.for<readonly [table: number[][], kappa: number, low: number, high: number]>([
    [
      [
        [20, 5],
        [10, 15],
      ],
      0.4,
      0.15109229,
      0.64890771,
    ],
    [
      [
        [80, 5],
        [4, 11],
      ],
      0.65648855,
      0.44919137,
      0.86378573,
    ],
    [
      [
        [44, 5, 1],
        [7, 20, 3],
        [9, 5, 6],
      ],
      0.49152542,
      0.3501582,
      0.63289265,
    ],
  ])('of %j has an interval', ([table, kappa, low, high]) => {
    const pairs = table.flatMap((row, judge) =>
      row.flatMap((count, person) => times(count, (): [string, string] => [`${judge}`, `${person}`])),
    );

    const agreement = agreementOf(pairs);

    expect(agreement?.kappa).toBeCloseTo(kappa, 8);
    expect(agreement?.interval?.low).toBeCloseTo(low, 7);
    expect(agreement?.interval?.high).toBeCloseTo(high, 7);
  });

  it('has no interval where few were compared, or all agree', () => {
    const few = times(9, (): [string, string] => ['a', 'b']).concat([['b', 'b']]);
    const alike = times(30, (at): [string, string] => (at % 2 === 0 ? ['a', 'a'] : ['b', 'b']));

    expect(agreementOf(few)?.interval).toBeNull();
    expect(agreementOf(alike)).toMatchObject({ kappa: 1, interval: null });
  });
});
