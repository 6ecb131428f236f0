import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PairedExample } from '../../src/stats/paired.ts';
import { type OpenPair, settledVerdict } from '../../src/stats/settled.ts';
import { judge, verdictDefaults } from '../../src/stats/verdict.ts';

const options = { ...verdictDefaults, draws: 2_000 };

/** All ways in which up to so many trials of an example can end: scored so or so, or not at all. */
function endings(trials: number, values: readonly number[]): number[][] {
  if (trials === 0) return [[]];
  return endings(trials - 1, values).flatMap((before) => [
    before,
    ...values.map((value) => [...before, value]),
  ]);
}

/** All completions of a run, an example at a time. */
function* completions(pairs: readonly OpenPair[], ways: readonly number[][]): Generator<PairedExample[]> {
  const [first, ...others] = pairs;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const rest of completions(others, ways)) {
    for (const candidate of first.candidate === null ? ways : [first.candidate])
      yield [{ baseline: first.baseline, candidate }, ...rest];
  }
}

const ranOf = (pairs: readonly OpenPair[]): OpenPair[] =>
  pairs.map(({ baseline, candidate }) => ({
    baseline: baseline.map(() => 1),
    candidate: candidate === null ? null : candidate.map(() => 1),
  }));

const settled = (pairs: readonly OpenPair[], trials: number, maxDrop = 0.02) =>
  settledVerdict(
    { scorers: new Map([['exact', pairs]]), ran: ranOf(pairs), trials },
    { ...options, maxDrop },
  );

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('settledVerdict', () => {
  it('is REGRESSED once the rest cannot make up for what was lost', () => {
    const lost = { baseline: [1], candidate: [0] };
    const open = { baseline: [1], candidate: null };

    expect(settled([...times(15, lost), ...times(30, open)], 1)).toBe('REGRESSED');
    expect(settled([...times(15, lost), ...times(30, { baseline: [0], candidate: null })], 1)).toBeNull();
    expect(settled([...times(3, lost), ...times(30, open)], 1)).toBeNull();
  });

  it('is OK once the rest cannot bring a drop beyond the margin', () => {
    const same = { baseline: [1], candidate: [1] };
    const open = { baseline: [1], candidate: null };

    expect(settled([...times(60, same), open], 1, 0.2)).toBe('OK');
    expect(settled([...times(60, same), ...times(20, open)], 1, 0.2)).toBeNull();
    expect(settled([...times(15, same)], 1, 0.5)).toBeNull();
  });

  it('is not OK while all the rest may fail to run', () => {
    const same = { baseline: [0], candidate: [0] };
    const pairs = [...times(60, same), ...times(10, { baseline: [0], candidate: null })];

    expect(settled(pairs.slice(0, 62), 1, 0.2)).toBe('OK');
    expect(settled(pairs, 1, 0.2)).toBeNull();
  });

  it.for([
    [1, [0, 0.5, 1], 3],
    [2, [0, 1], 2],
  ] as const)(
    'with %i trials never stops where some completion has another verdict',
    ([trials, values, most]) => {
      const decided = new Set<string>();
      const score = fc.constantFrom(...values);
      const scores = fc.array(score, { minLength: 1, maxLength: trials });
      const done = fc.record({ kind: fc.constantFrom('same', 'lost', 'any'), baseline: scores, any: scores });
      const cases = fc.record({
        done: fc.array(done, { minLength: 8, maxLength: 40 }),
        bias: fc.constantFrom('same', 'lost', 'any'),
        open: fc.array(scores, { minLength: 1, maxLength: most }),
        maxDrop: fc.constantFrom(0.02, 0.2, 0.35),
      });

      fc.assert(
        fc.property(cases, ({ done: over, bias, open, maxDrop }) => {
          const pairs: OpenPair[] = [
            ...over.map(({ kind, baseline, any }, at) => {
              const way = at % 4 === 0 ? kind : bias;
              if (way === 'lost') return { baseline: [1], candidate: [0] };
              return { baseline, candidate: way === 'same' ? baseline : any };
            }),
            ...open.map((baseline) => ({ baseline, candidate: null })),
          ];
          const verdict = settled(pairs, trials, maxDrop);
          if (verdict === null) return;
          decided.add(verdict);

          for (const completion of completions(pairs, endings(trials, values)))
            expect(judge(new Map([['exact', completion]]), { ...options, maxDrop }).verdict).toBe(verdict);
        }),
        { numRuns: 60, seed: 5 },
      );

      expect([...decided].sort()).toEqual(['OK', 'REGRESSED']);
    },
  );
});
