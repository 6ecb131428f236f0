import { describe, expect, it } from 'vitest';
import { scoreTools } from '../../src/scorers/trajectory/score.ts';
import { trajectoryOf } from '../../src/scorers/trajectory/trajectory.ts';
import { madeTrajectories } from './trajectories.ts';

describe('sixty made trajectories', () => {
  it('are sixty, each with its own title', () => {
    expect(new Set(madeTrajectories.map(({ title }) => title)).size).toBe(60);
  });

  it.each(madeTrajectories)('$title', ({ expected, options, input, messages, because }) => {
    const trajectory = trajectoryOf({ input, messages, tool_calls: [] });

    const { score, reason } = scoreTools(expected, trajectory, options);

    expect(score, reason).not.toBeNull();
    expect(score === 1, reason).toBe(because === null);
    expect(reason).toMatch(because ?? /as expected/);
  });
});
