import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sizingOf } from '../../src/stats/sizing.ts';

const question = { drop: 0.05, alpha: 0.05, power: 0.8 };
const repeated = (examples: number, scores: readonly number[]) =>
  Array.from({ length: examples }, () => ({ scores }));

describe('sizingOf', () => {
  it('asks for as many examples as Miller does, with the noise that repeats tell', () => {
    // Within 1/3 by two trials; between .05 × .95: (1.96 + .8416)² (.0475 + 2 (1/3)/K)/.0025
    const sizing = sizingOf([...repeated(10, [0, 1]), ...repeated(5, [1, 1])], question);

    const within = 1 / 3;
    const expected = (trials: number) =>
      Math.round((7.848879734 * (0.0475 + (2 * within) / trials)) / 0.0025);
    expect(sizing?.within).toBeCloseTo(within, 12);
    expect(sizing?.needed.find(({ trials }) => trials === 1)?.examples).toBe(expected(1));
    expect(sizing?.needed.find(({ trials }) => trials === 5)?.examples).toBe(expected(5));
    expect(sizing?.isAssumed).toBe(false);
  });

  it('never asks for fewer than it takes to rule a drop out with no change at all', () => {
    const sizing = sizingOf(repeated(50, [1, 1, 1]), question);

    // 1.96² × .95/.05 = 72.99
    expect(sizing?.needed.map(({ examples }) => examples)).toEqual([149, 149, 149, 149, 149]);
    expect(sizingOf(repeated(50, [1, 1, 1]), { ...question, drop: 0.5 })?.needed[0]?.examples).toBe(20);
  });

  it('tells nothing of one example', () => {
    expect(sizingOf(repeated(1, [0, 1]), question)).toBeNull();
  });

  it('asks for fewer examples the larger the drop, and the more trials', () => {
    const scores = fc.array(
      fc.record({ scores: fc.array(fc.constantFrom(0, 0.5, 1), { minLength: 1, maxLength: 4 }) }),
      { minLength: 2, maxLength: 30 },
    );
    fc.assert(
      fc.property(scores, fc.double({ min: 0.01, max: 0.2, noNaN: true }), (examples, drop) => {
        const small = sizingOf(examples, { ...question, drop })?.needed ?? [];
        const large = sizingOf(examples, { ...question, drop: 2 * drop })?.needed ?? [];

        const counts = small.map((row) => row.examples);
        expect(counts).toEqual(counts.toSorted((a, b) => b - a));
        expect(small.every((row, at) => (large[at]?.examples ?? 0) <= row.examples)).toBe(true);
      }),
    );
  });
});
