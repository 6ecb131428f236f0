import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Watched } from '../../src/drift-types.ts';
import { type Evidence, evidenceIn, isAtRest, thresholdOf, watchDrift } from '../../src/stats/drift.ts';
import { changedAt } from './made-nights.ts';
import { numbersIn, score, somePairs, times } from './made-scores.ts';

const draws = { draws: 500, seed: 1 };
const shows = (p: number, error = 0.025): Evidence => ({
  scorer: 'exact',
  test: { p, isExact: true, baseline: 0.9, candidate: 0.9, error },
});

/** What holds after these batches, one after another. */
const heldAfter = (evidence: readonly Evidence[], maxDrop = 0) =>
  evidence.reduce<readonly Watched[]>((before, each) => watchDrift(before, [each], maxDrop), [])[0];

describe('watchDrift', () => {
  it('adds up what batches show beyond the allowance, and forgets what they do not', () => {
    const [worse, usual] = [shows(0.02), shows(0.5)];

    const [one, two, forgotten] = [[worse], [worse, worse], [worse, usual]].map((all) => heldAfter(all));

    expect(one).toMatchObject({ state: 'steady', statistic: expect.closeTo(2.0537 - 1.25, 4) });
    expect(two?.statistic).toBeCloseTo(2 * (one?.statistic ?? 0), 9);
    expect(forgotten?.statistic).toBe(0);
  });

  it('is regressed from the threshold on, until nothing is left of it', () => {
    const states = [1, 2, 3, 4, 5].map((count) =>
      heldAfter([shows(1e-6), shows(0.5), shows(0.4), shows(0.5), shows(0.3)].slice(0, count)),
    );

    expect(states.map((each) => each?.state)).toEqual([
      'regressed',
      'regressed',
      'regressed',
      'steady',
      'steady',
    ]);
    expect(states[0]?.statistic).toBe(states[0]?.threshold);
  });

  it('counts evidence from the drop that is allowed', () => {
    const allowed = heldAfter([shows(0.001)], 0.05);

    expect(allowed?.evidence).toBeCloseTo(3.0902 - 0.05 / 0.025, 4);
    expect(allowed?.statistic).toBe(0);
  });

  it('leaves the statistic where a batch shows nothing', () => {
    const before = heldAfter([shows(0.02)]);

    const now = heldAfter([shows(0.02), { scorer: 'exact', test: null }]);

    expect(now).toEqual({ ...before, evidence: null });
  });

  it('watches no more what is not compared any more', () => {
    const before = watchDrift([], [shows(1e-9)], 0);

    const now = watchDrift(before, [{ ...shows(0.5), scorer: 'numeric' }], 0);

    expect(now.map(({ scorer, state }) => [scorer, state])).toEqual([['numeric', 'steady']]);
  });

  it('asks for more where more is watched', () => {
    expect(thresholdOf(4) - thresholdOf(1)).toBeCloseTo(Math.log(4) / 2.5, 12);
  });

  it('trusts a p of few draws no further than the draws tell', () => {
    const drawn = (p: number): Evidence => ({
      scorer: 'exact',
      test: { p, isExact: false, baseline: 0.9, candidate: 0.7, error: 0.02 },
    });

    expect(heldAfter([drawn(0.01)])?.evidence).toBeCloseTo(2.3263, 4);
    expect(heldAfter([drawn(0.0001)])?.evidence).toBeCloseTo(0.2 / 0.02, 9);
  });

  it('stays finite and within its bounds, whatever the scores', () => {
    const batches = fc.array(somePairs(score), { maxLength: 6 });

    fc.assert(
      fc.property(batches, fc.double({ min: 0, max: 1, noNaN: true }), (all, maxDrop) => {
        let watched: readonly Watched[] = [];
        for (const pairs of all) {
          watched = watchDrift(watched, [evidenceIn(null, pairs, draws)], maxDrop);
          for (const { statistic, threshold, state } of watched) {
            expect(statistic).toBeGreaterThanOrEqual(0);
            expect(statistic).toBeLessThanOrEqual(threshold);
            if (statistic === threshold) expect(state).toBe('regressed');
            if (statistic === 0) expect(state).toBe('steady');
          }
          expect(numbersIn(watched).every(Number.isFinite)).toBe(true);
        }
      }),
    );
  });
});

describe('isAtRest', () => {
  it.each([
    ['nothing watched', [], true],
    ['nothing shown', [shows(0.5)], true],
    ['a little', [shows(0.05)], true],
    ['what may yet prove a change', [shows(0.02)], false],
    ['a regression', [shows(1e-6)], false],
  ] as const)('of %s is %s', (_, evidence, isRest) => {
    const watched = heldAfter(evidence);

    expect(isAtRest(watched === undefined ? [] : [watched])).toBe(isRest);
  });
});

describe('simulated nights (in full: bench/drift.mjs)', () => {
  it.each([0, 0.02])('cry wolf at most twice in a year without a change, max drop %s', (maxDrop) => {
    const years = 4;

    const alarms = times(years, (seed) => changedAt({ seed, nights: 365, last: 7, maxDrop }).length / 2);

    expect(alarms.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(2 * years);
  });

  it('tell a drop of 15 points within two nights, and once', () => {
    const calm = 10;
    const loss = (night: number) => (night < calm ? 0 : 0.15);

    const told = times(40, (seed) => changedAt({ seed, nights: calm + 6, last: 7, loss }));

    const within = (nights: number) =>
      told.filter(([first = Number.POSITIVE_INFINITY]) => first < calm + nights);
    expect(within(2).length).toBeGreaterThanOrEqual(36);
    expect(within(6).every((changes) => changes.length === 1)).toBe(true);
  });

  it('tell that all is well again', () => {
    const loss = (night: number) => (night >= 8 && night < 12 ? 0.3 : 0);

    const changes = times(20, (seed) => changedAt({ seed, nights: 17, last: 7, loss }));

    expect(changes.every(([bad = 0, well = 0]) => bad <= 9 && well >= 12 && well <= 16)).toBe(true);
  });
});
