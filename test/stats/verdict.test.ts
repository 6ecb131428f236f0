import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge, judgeScorer, verdictDefaults } from '../../src/stats/verdict.ts';
import { binary, counted, numbersIn, score, simulated, somePairs, times } from './made-scores.ts';

const options = { ...verdictDefaults, draws: 500 };
const allowing = (maxDrop: number) => ({ ...options, maxDrop });

describe('judgeScorer', () => {
  it('says OK where more than the allowed drop is ruled out', () => {
    const verdict = judgeScorer(counted(400, 2, 2, 100), allowing(0.02));

    expect(verdict).toMatchObject({ verdict: 'OK', deciding: null });
    expect(verdict.sentence).toMatch(
      /^mean 0\.798 → 0\.798, 0\.0 \[−.*, \+.*\] points on 504 examples; a drop of more than 2\.0 points is ruled out$/,
    );
  });

  it('says OK of a sure drop within the margin', () => {
    const verdict = judgeScorer(counted(950, 0, 30, 20), allowing(0.06));

    expect(verdict.test?.worse).toBeLessThan(1e-6);
    expect(verdict.verdict).toBe('OK');
  });

  it('says REGRESSED where chance does not explain it', () => {
    const verdict = judgeScorer(counted(70, 1, 10, 19), allowing(0.02));

    expect(verdict.verdict).toBe('REGRESSED');
    expect(verdict.test).toMatchObject({ method: 'exact' });
    expect(verdict.test?.worse).toBeCloseTo(12 / 2 ** 11, 12);
    expect(verdict.mcnemar?.p).toBeCloseTo(24 / 2 ** 11, 12);
    expect(verdict.sentence).toContain('worse than chance explains (p = 0.006)');
  });

  it('says INCONCLUSIVE else, and what would decide', () => {
    const verdict = judgeScorer(simulated(3, { n: 60, k: 3 }), allowing(0.05));

    expect(verdict.verdict).toBe('INCONCLUSIVE');
    expect(verdict.deciding?.examples).toBeGreaterThan(60);
    expect(verdict.deciding?.trials).toBeGreaterThan(3);
    expect(verdict.sentence).toMatch(/about \d+ examples, or \d+ trials of each in both runs, would decide/);
  });

  it('decides with as many as it asked for, mostly', () => {
    const first = judgeScorer(simulated(3, { n: 60, k: 3 }), allowing(0.05));
    const n = first.deciding?.examples ?? 0;

    const verdicts = times(100, (seed) => judgeScorer(simulated(seed, { n, k: 3 }), allowing(0.05)).verdict);

    expect(n).toBeLessThan(2_000);
    expect(verdicts.filter((verdict) => verdict === 'OK').length).toBeGreaterThan(60);
  });

  it('gives no OK below 20 examples, but calls a sure drop by its name', () => {
    const fine = judgeScorer(
      times(19, () => ({ baseline: [1, 1], candidate: [1, 1] })),
      allowing(0.5),
    );
    const broken = judgeScorer(counted(0, 0, 8), allowing(0.02));

    expect(fine).toMatchObject({ verdict: 'INCONCLUSIVE', deciding: { examples: 20, trials: null } });
    expect(fine.sentence).toContain('fewer than 20 examples are too few');
    expect(broken.verdict).toBe('REGRESSED');
  });

  it('counts clusters, not the examples in them, against the 20', () => {
    const pairs = times(200, (at) => ({ baseline: [1], candidate: [1], cluster: `c${at % 10}` }));

    const verdict = judgeScorer(pairs, allowing(0.5));

    expect(verdict).toMatchObject({ verdict: 'INCONCLUSIVE', deciding: { examples: 400 } });
    expect(verdict.sentence).toContain('fewer than 20 clusters');
  });

  it('knows what no repeats can decide', () => {
    const single = judgeScorer(counted(30, 3, 3), allowing(0.02));
    const steady = judgeScorer(
      times(40, (at) => ({ baseline: [1, 1], candidate: at % 8 === 0 ? [0, 0] : [1, 1] })),
      { ...allowing(0.02), alpha: 0.0001 },
    );

    expect(single).toMatchObject({ verdict: 'INCONCLUSIVE', deciding: { trials: null } });
    expect(steady).toMatchObject({ verdict: 'INCONCLUSIVE', deciding: { trials: null } });
  });

  it('has no number to ask for where no drop is allowed and none was seen', () => {
    expect(judgeScorer(counted(30, 3, 3), allowing(0)).deciding).toEqual({ examples: null, trials: null });
  });

  it('asks for no number of examples beyond all numbers', () => {
    const hair = judgeScorer([{ baseline: [0], candidate: [5e-324] }], allowing(0));
    const hairBreadth = judgeScorer(counted(30, 3, 3), allowing(1e-300));

    expect([hair.deciding?.examples, hairBreadth.deciding?.examples]).toEqual([null, null]);
  });

  it('is INCONCLUSIVE where there is nothing to compare', () => {
    const verdict = judgeScorer([{ baseline: [1], candidate: [] }], options);

    expect(verdict).toMatchObject({ verdict: 'INCONCLUSIVE', estimate: null, test: null, adjustedP: 1 });
    expect(verdict.sentence).toBe('no example has a score in both runs, so there is nothing to compare');
  });

  it('is never NaN, keeps to the order of its rules, and is the same in any order', () => {
    fc.assert(
      fc.property(
        fc.oneof(somePairs(binary), somePairs(score)),
        fc.constantFrom(0, 0.02, 0.3, 1),
        (pairs, maxDrop) => {
          const some = { ...allowing(maxDrop), draws: 100 };
          const found = judgeScorer(pairs, some);

          expect(numbersIn(found).every(Number.isFinite)).toBe(true);
          expect(found.sentence).not.toMatch(/NaN|undefined|null|Infinity/);
          expect(judgeScorer(pairs.toReversed(), some).verdict).toBe(found.verdict);
          if (found.verdict === 'OK') expect(found.estimate?.interval?.low).toBeGreaterThan(-maxDrop);
          if (found.verdict === 'REGRESSED') expect(found.estimate?.difference).toBeLessThan(0);
          if (found.deciding?.examples != null)
            expect(found.deciding.examples).toBeGreaterThan(found.estimate?.examples ?? 0);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('judge', () => {
  const worse = counted(70, 1, 8, 19);
  const same = counted(400, 2, 2, 100);

  it('is as bad as the worst scorer', () => {
    const muchWorse = counted(70, 1, 12, 17);
    const verdict = judge(
      new Map([
        ['exact', muchWorse],
        ['tools', same],
      ]),
      options,
    );

    expect(verdict.verdict).toBe('REGRESSED');
    expect([...verdict.scorers].map(([name, each]) => [name, each.verdict])).toEqual([
      ['exact', 'REGRESSED'],
      ['tools', 'OK'],
    ]);
    expect(judge(new Map([['tools', same]]), options).verdict).toBe('OK');
    expect(judge(new Map(), options).verdict).toBe('INCONCLUSIVE');
  });

  it('asks more of each where there are several, by Holm', () => {
    const p = 10 / 2 ** 9;
    const alone = judge(new Map([['exact', worse]]), options);
    const beside = judge(
      new Map([
        ['exact', worse],
        ['a', same],
        ['b', same],
      ]),
      options,
    );

    expect(alone.scorers.get('exact')?.adjustedP).toBeCloseTo(p, 12);
    expect(beside.scorers.get('exact')?.adjustedP).toBeCloseTo(3 * p, 12);
    expect([alone.verdict, beside.verdict]).toEqual(['REGRESSED', 'INCONCLUSIVE']);
  });
});

describe('the gate, simulated', () => {
  const share = (of: { n: number; k: number; hit?: number; left?: number }, sims: number) =>
    times(sims, (seed) => judgeScorer(simulated(seed + 1, of), options).verdict).filter(
      (each) => each === 'REGRESSED',
    ).length / sims;

  it('calls at most 3.6 % of agents worse that did not change', () => {
    for (const of of [
      { n: 20, k: 3 },
      { n: 50, k: 1 },
      { n: 100, k: 3 },
    ])
      expect(share(of, 300)).toBeLessThanOrEqual(0.036);
  });

  it('finds a fifth of the examples broken in most cases', () => {
    expect(share({ n: 50, k: 3, hit: 10, left: 0.3 }, 200)).toBeGreaterThan(0.8);
  });
});
