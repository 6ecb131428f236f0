import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consistencyOf, passAtK, passHatK, steadiness } from '../../src/stats/consistency.ts';
import { binary, numbersIn, someExamples, times } from './made-scores.ts';

const options = { confidence: 0.95, draws: 500, seed: 1 };

describe('passAtK and passHatK', () => {
  it('give the published values', () => {
    expect(passAtK(5, 2, 3)).toBeCloseTo(0.9, 12);
    expect(passHatK(5, 4, 3)).toBeCloseTo(0.4, 12);
    expect(passAtK(200, 3, 100)).toBeCloseTo(1 - (100 * 99 * 98) / (200 * 199 * 198), 12);
  });

  it('are unknown with fewer trials than k', () => {
    expect([passAtK(2, 2, 3), passHatK(2, 2, 3)]).toEqual([null, null]);
  });

  it('are the shares of all choices of k trials', () => {
    fc.assert(
      fc.property(
        fc.array(binary, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 8 }),
        (scores, k) => {
          fc.pre(k <= scores.length);
          const choices = times(2 ** scores.length, (mask) =>
            scores.filter((_, at) => (mask >> at) % 2 === 1),
          ).filter((chosen) => chosen.length === k);
          const shareOf = (holds: (chosen: number[]) => boolean) =>
            choices.filter(holds).length / choices.length;
          const good = scores.filter((each) => each === 1).length;

          expect(passAtK(scores.length, good, k)).toBeCloseTo(
            shareOf((chosen) => chosen.includes(1)),
            12,
          );
          expect(passHatK(scores.length, good, k)).toBeCloseTo(
            shareOf((chosen) => !chosen.includes(0)),
            12,
          );
        },
      ),
    );
  });
});

describe('steadiness', () => {
  it('tells flaky from broken', () => {
    expect([[1, 1], [1, 0], [0, 0], []].map((scores) => steadiness(scores))).toEqual([
      'passed',
      'flaky',
      'failed',
      null,
    ]);
    expect(steadiness([0.8, 0.6], 0.5)).toBe('passed');
  });
});

describe('consistencyOf', () => {
  it('averages over the examples that have k trials, and counts the others', () => {
    const examples = [{ scores: [1, 1, 0, 1, 1] }, { scores: [0, 0, 1, 1, 0] }, { scores: [1, 1] }];

    const consistency = consistencyOf(examples, { ...options, k: 3 });

    expect(consistency).toMatchObject({ examples: 2, leftOut: 1 });
    expect(consistency?.passAtK.mean).toBeCloseTo((1 + 0.9) / 2, 12);
    expect(consistency?.passHatK.mean).toBeCloseTo((0.4 + 0) / 2, 12);
  });

  it('is not sure of itself where all examples are alike', () => {
    const consistency = consistencyOf(
      times(10, () => ({ scores: [1, 1] })),
      { ...options, k: 2 },
    );

    expect(consistency?.passHatK).toMatchObject({ mean: 1, interval: { high: 1 } });
    expect(consistency?.passHatK.interval?.low).toBeCloseTo(0.7224672, 7);
  });

  it('needs no draws of very many examples', () => {
    const examples = times(50_000, (at) => ({ scores: [1, at % 5 === 0 ? 0 : 1] }));

    const consistency = consistencyOf(examples, { ...options, draws: 10_000, k: 2 });

    // 0.8 ± 1.96 √(0.16/49,999)
    expect(consistency?.passHatK.interval?.low).toBeCloseTo(0.8 - 0.003506, 6);
    expect(consistency?.passHatK.interval?.high).toBeCloseTo(0.8 + 0.003506, 6);
  });

  it('is null without an example that has k trials', () => {
    expect(consistencyOf([{ scores: [1] }], { ...options, k: 2 })).toBeNull();
    expect(consistencyOf([{ scores: [1] }], { ...options, k: 1 })?.passAtK.interval).toBeNull();
  });

  it('keeps pass^k ≤ pass@k, in their intervals, never NaN', () => {
    fc.assert(
      fc.property(someExamples(binary), fc.integer({ min: 1, max: 4 }), (examples, k) => {
        const consistency = consistencyOf(examples, { ...options, draws: 100, k });

        expect(numbersIn(consistency).every(Number.isFinite)).toBe(true);
        if (consistency === null) return;
        expect(consistency.passHatK.mean).toBeLessThanOrEqual(consistency.passAtK.mean + 1e-12);
        for (const { mean, interval } of [consistency.passAtK, consistency.passHatK])
          if (interval !== null) {
            expect(interval.low).toBeLessThanOrEqual(mean);
            expect(interval.high).toBeGreaterThanOrEqual(mean);
            expect(interval.low).toBeGreaterThanOrEqual(0);
            expect(interval.high).toBeLessThanOrEqual(1);
          }
      }),
      { numRuns: 80 },
    );
  });
});
