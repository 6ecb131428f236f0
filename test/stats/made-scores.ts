/** Scores for tests: by formula, drawn from a seed, and by fast-check. */

import * as fc from 'fast-check';
import { seededRandom } from '../../src/random.ts';
import type { PairedExample } from '../../src/stats/paired.ts';

export const times = <T>(n: number, make: (at: number) => T): T[] =>
  Array.from({ length: n }, (_, at) => make(at));

/** 40 examples, 3 trials in each run: tenths that vary by example and trial. */
export const madePairs: readonly PairedExample[] = times(40, (i) => ({
  baseline: times(3, (j) => ((i * 7 + j) % 11) / 10),
  candidate: times(3, (j) => ((i * 4 + j) % 11) / 10),
}));

/** Two runs of one trial, by what became of the examples. */
export const counted = (both: number, gained: number, lost: number, neither = 0): PairedExample[] => [
  ...times(both, () => ({ baseline: [1], candidate: [1] })),
  ...times(gained, () => ({ baseline: [0], candidate: [1] })),
  ...times(lost, () => ({ baseline: [1], candidate: [0] })),
  ...times(neither, () => ({ baseline: [0], candidate: [0] })),
];

/** Two runs of an agent: of the first `hit` examples the chance is `left` times as large in the second. */
export function simulated(
  seed: number,
  { n, k, hit = 0, left = 0 }: Record<'n' | 'k', number> & { hit?: number; left?: number },
): PairedExample[] {
  const random = seededRandom(seed);
  return times(n, (at) => {
    const chance = 1 - random() ** 3 / 2;
    const trials = (p: number) => times(k, () => (random() < p ? 1 : 0));
    return { baseline: trials(chance), candidate: trials(at < hit ? chance * left : chance) };
  });
}

export const binary = fc.constantFrom(0, 1);
export const score = fc.oneof(binary, fc.double({ min: 0, max: 1, noNaN: true }));
const cluster = fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { nil: undefined });

export const someExamples = (one: fc.Arbitrary<number>) =>
  fc.array(fc.record({ scores: fc.array(one, { maxLength: 5 }), cluster }), { maxLength: 40 });

export const somePairs = (one: fc.Arbitrary<number>) =>
  fc.array(
    fc.record({
      baseline: fc.array(one, { maxLength: 4 }),
      candidate: fc.array(one, { maxLength: 4 }),
      cluster,
    }),
    { maxLength: 40 },
  );

/** Every number in it, however deep. */
export function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (value instanceof Map) return numbersIn([...value.values()]);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}
