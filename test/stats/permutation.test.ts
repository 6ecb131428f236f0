import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactPermutation } from '../../src/stats/exact-permutation.ts';
import { exactMcNemar } from '../../src/stats/mcnemar.ts';
import type { PairedExample } from '../../src/stats/paired.ts';
import { permutationTest, shuffleLabels } from '../../src/stats/permutation.ts';
import { binary, counted, score, simulated, somePairs, times } from './made-scores.ts';

const draws = { draws: 10_000, seed: 1 };

const pair = (baseline: number[], candidate: number[]): PairedExample => ({ baseline, candidate });

/** p-values of every way to deal the labels, counted with whole numbers by Python's fractions. */
const enumerated: readonly (readonly [string, PairedExample[], number, number])[] = [
  [
    'three trials a run',
    [
      pair([1, 1, 1], [0, 1, 0]),
      pair([1, 0, 1], [0, 0, 1]),
      pair([1, 1, 1], [1, 1, 1]),
      pair([0, 1, 0], [1, 0, 0]),
      pair([1, 1, 0], [0, 0, 0]),
    ],
    0.0556,
    0.9924,
  ],
  // scipy 1.17.1 permutation_test(samples, less) gives the same 0.1875
  ['one trial a run', [...counted(1, 1, 4)], 0.1875, 0.96875],
  [
    'more trials after',
    [pair([1, 1], [0, 1, 0, 0]), pair([1, 0], [0, 0, 1, 1]), pair([1, 1], [1, 0, 0, 0])],
    0.08,
    0.992,
  ],
  [
    'numbers',
    [
      pair([0.5, 0.7], [0.2, 0.4]),
      pair([0.9, 1], [0.3, 1]),
      pair([0.1, 0.6], [0.6, 0.2]),
      pair([0.8, 0.8], [0.7, 0.9]),
    ],
    0.16512345679012347,
    0.8873456790123457,
  ],
];

describe('exactPermutation', () => {
  it.each(enumerated.slice(0, 3))('counts all ways: %s', (_, pairs, worse, better) => {
    const exact = exactPermutation(pairs);

    expect(exact?.worse).toBeCloseTo(worse, 12);
    expect(exact?.better).toBeCloseTo(better, 12);
  });

  it("is one side of McNemar's test with single trials", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }), (gained, lost) => {
        const exact = exactPermutation(counted(3, gained, lost, 2));
        const nearer = Math.min(exact?.worse ?? 1, exact?.better ?? 1);

        expect(Math.min(1, 2 * nearer)).toBeCloseTo(exactMcNemar(gained, lost).p, 12);
      }),
    );
  });

  it('is mirrored where the runs change places', () => {
    const trials = fc.array(binary, { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ baseline: trials, candidate: trials }), { minLength: 1, maxLength: 30 }),
        (pairs) => {
          const exact = exactPermutation(pairs);
          const swapped = exactPermutation(pairs.map(({ baseline, candidate }) => pair(candidate, baseline)));

          expect(swapped?.worse).toBeCloseTo(exact?.better ?? -1, 12);
          expect(swapped?.better).toBeCloseTo(exact?.worse ?? -1, 12);
        },
      ),
    );
  });

  it('is null where ways cannot be counted', () => {
    expect(exactPermutation([pair([0.5], [1])])).toBeNull();
    expect(exactPermutation([pair([1], [0]), pair([1, 0], [0, 0])])).toBeNull();
    expect(exactPermutation([])).toBeNull();
    expect(exactPermutation(times(4_000, () => pair([1, 1, 1, 1, 1], [0, 0, 0, 0, 0])))).toBeNull();
  });
});

describe('shuffleLabels', () => {
  it.each(enumerated)('comes near to all ways: %s', (_, pairs, worse, better) => {
    const drawn = shuffleLabels(pairs, { draws: 40_000, seed: 3 });

    // five standard errors of the draws
    expect(Math.abs(drawn.worse - worse)).toBeLessThan(5 * Math.sqrt((worse * (1 - worse)) / 40_000) + 1e-4);
    expect(Math.abs(drawn.better - better)).toBeLessThan(
      5 * Math.sqrt((better * (1 - better)) / 40_000) + 1e-4,
    );
  });

  it('comes near to the exact test of many examples', () => {
    const pairs = simulated(8, { n: 150, k: 4, hit: 12, left: 0.6 });

    const [drawn, exact] = [shuffleLabels(pairs, draws), exactPermutation(pairs)];

    expect(exact?.worse).toBeGreaterThan(0.001);
    expect(exact?.worse).toBeLessThan(0.4);
    expect(Math.abs(drawn.worse - (exact?.worse ?? 1))).toBeLessThan(0.02);
  });

  it('deals more than a hundred trials evenly', () => {
    const pairs = [
      pair(
        times(70, (at) => at % 2),
        times(70, (at) => (at % 3 === 0 ? 1 : 0)),
      ),
    ];

    const [drawn, exact] = [shuffleLabels(pairs, { draws: 40_000, seed: 3 }), exactPermutation(pairs)];

    expect(Math.abs(drawn.worse - (exact?.worse ?? 1))).toBeLessThan(0.01);
  });

  it('is the same for a seed whatever the order of examples and trials, and never 0', () => {
    fc.assert(
      fc.property(fc.oneof(somePairs(binary), somePairs(score)), (pairs) => {
        const both = pairs.filter(({ baseline, candidate }) => baseline.length > 0 && candidate.length > 0);
        const turned = both
          .toReversed()
          .map(({ baseline, candidate }) => pair(baseline.toReversed(), candidate.toReversed()));
        const few = { draws: 200, seed: 9 };
        const [one, other] = [shuffleLabels(both, few), shuffleLabels(turned, few)];

        expect(other).toEqual(one);
        expect(one.worse).toBeGreaterThan(0);
        expect(one.worse).toBeLessThanOrEqual(1);
        expect(one.worse + one.better).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: 100 },
    );
  });
});

describe('permutationTest', () => {
  it('is exact where it can be, else by draws', () => {
    expect(permutationTest(simulated(1, { n: 50, k: 3 }), draws).method).toBe('exact');
    expect(permutationTest([pair([0.2], [0.4]), pair([1], [])], draws).method).toBe('draws');
  });

  it('finds nothing where nothing changed', () => {
    const alike = times(20, () => pair([1, 1], [1, 1]));

    expect(permutationTest(alike, draws)).toMatchObject({ worse: 1, better: 1 });
    expect(permutationTest([], draws)).toMatchObject({ worse: 1, better: 1 });
  });
});
