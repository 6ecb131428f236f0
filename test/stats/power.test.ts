import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  detectableDrop,
  examplesNeeded,
  powerOf,
  questionDefaults,
  spreadBefore,
  trialsNeeded,
} from '../../src/stats/power.ts';
import { pairedComponents, varianceComponents } from '../../src/stats/variance-components.ts';
import { madePairs } from './made-scores.ts';

const once = { baseline: 1, candidate: 1 };
const fiveTimes = { baseline: 5, candidate: 5 };
const question = { ...questionDefaults, drop: 0.05 };
const noisy = { between: 1 / 9, withinBaseline: 1 / 6, withinCandidate: 1 / 6 };

describe('examplesNeeded', () => {
  it("gives Miller's example, and those of repeats", () => {
    const still = { between: 1 / 9, withinBaseline: 0, withinCandidate: 0 };

    expect(examplesNeeded(still, once, { ...question, drop: 0.03 })).toBe(969);
    expect(examplesNeeded(noisy, once, question)).toBe(1_395);
    expect(examplesNeeded(noisy, fiveTimes, question)).toBe(558);
  });
});

describe('power', () => {
  it('is what the normal distribution says', () => {
    // scipy 1.17.1: norm.cdf(0.05 / se − 1.96)
    expect(powerOf(noisy, { ...fiveTimes, examples: 400 }, question)).toBeCloseTo(0.6597365599933375, 12);
    expect(detectableDrop(noisy, { ...fiveTimes, examples: 400 }, question)).toBeCloseTo(
      0.059062602321977305,
      12,
    );
  });

  it('is reached by as many examples or trials as are said to be needed', () => {
    const variance = fc.double({ min: 0.001, max: 0.25, noNaN: true });
    fc.assert(
      fc.property(
        fc.record({ between: variance, withinBaseline: variance, withinCandidate: variance }),
        fc.integer({ min: 20, max: 2_000 }),
        fc.double({ min: 0.005, max: 0.1, noNaN: true }),
        (spread, examples, drop) => {
          const asked = { ...questionDefaults, drop };
          const needed = examplesNeeded(spread, once, asked);
          const trials = trialsNeeded(spread, examples, asked);

          expect(powerOf(spread, { ...once, examples: needed + 1 }, asked)).toBeGreaterThanOrEqual(0.8);
          if (trials === null)
            expect(powerOf(spread, { baseline: 1e9, candidate: 1e9, examples }, asked)).toBeLessThan(
              0.8 + 1e-6,
            );
          else
            expect(powerOf(spread, { baseline: trials, candidate: trials, examples }, asked)).toBeGreaterThan(
              0.8 - 1e-6,
            );
        },
      ),
    );
  });

  it('is sure where nothing varies', () => {
    expect(
      powerOf({ between: 0, withinBaseline: 0, withinCandidate: 0 }, { ...once, examples: 9 }, question),
    ).toBe(1);
  });
});

describe('variance components', () => {
  it('of one run', () => {
    // numpy: mean of var(ddof=1) over trials; var of means less a third of it
    const components = varianceComponents(madePairs.map(({ baseline }) => ({ scores: baseline })));

    expect(components?.within).toBeCloseTo(0.06866666666666668, 12);
    expect(components?.between).toBeCloseTo(0.035603988603988584, 12);
    expect(components?.intraclassCorrelation).toBeCloseTo(0.0356039886 / (0.0356039886 + 0.0686666667), 8);
  });

  it('of two runs', () => {
    const components = pairedComponents(madePairs);

    expect(components?.withinBaseline).toBeCloseTo(0.06866666666666668, 12);
    expect(components?.withinCandidate).toBeCloseTo(0.06133333333333334, 12);
    expect(components?.between).toBeCloseTo(0.04726210826210826, 12);
  });

  it('are told apart only by repeats', () => {
    const once = madePairs.map(({ baseline }) => ({ scores: baseline.slice(0, 1) }));

    expect(varianceComponents(once)).toMatchObject({ within: null, intraclassCorrelation: null });
    expect(varianceComponents(once.slice(0, 1))).toBeNull();
    expect(pairedComponents([])).toBeNull();
    expect(spreadBefore({ mean: 0.9, within: null }, 0.05).withinBaseline).toBeCloseTo(0.09, 12);
    expect(spreadBefore({ mean: 0.9, within: 0.02 }, 0.05)).toEqual({
      between: 0.05 * 0.95,
      withinBaseline: 0.02,
      withinCandidate: 0.02,
    });
  });
});
