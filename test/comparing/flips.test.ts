import { describe, expect, it } from 'vitest';
import { farthestChanges } from '../../src/comparing/flips.ts';
import { pairSides } from '../../src/comparing/pairing.ts';
import type { JobRecord } from '../../src/types.ts';
import { madeSide, scored } from './made-sides.ts';

const changes = (before: readonly JobRecord[], after: readonly JobRecord[]) =>
  farthestChanges(
    pairSides(madeSide(before), madeSide(after)).pairs,
    [{ name: 'exact', baseline: 0, candidate: 0 }],
    10,
  );

const attempt = { attempt: 1, started_at: '', latency_ms: 1, status: 200, run_id: null, failure: null };

describe('farthestChanges', () => {
  it('shows the turn and the trials that differ most', () => {
    const talk = (values: readonly number[], trial: number) =>
      values.map((value, at) => scored(`r${at + 1}`, value, { turn: at + 1, trial, thread_id: `t${trial}` }));

    const { fell, rose } = changes(
      [...talk([1, 0.5], 1), ...talk([1, 1], 2)],
      [...talk([1, 0.5], 1), ...talk([0.5, 0], 2)],
    );

    expect(rose).toEqual([]);
    expect(fell).toMatchObject([
      {
        pair: { id: 'r1' },
        baseline: 0.875,
        candidate: 0.5,
        turn: { id: 'r2', turn: 2 },
        baselineTrial: 2,
        candidateTrial: 2,
      },
    ]);
  });

  it('marks an answer that came only after a retry', () => {
    const { fell, rose } = changes(
      [scored('a', 1), scored('b', 0), scored('c', 1)],
      [scored('a', 0, { attempts: [attempt, attempt] }), scored('b', 1, { revision: 2 }), scored('c', 0)],
    );

    expect(fell.map(({ pair, isRetried }) => [pair.id, isRetried])).toEqual([
      ['a', true],
      ['c', false],
    ]);
    expect(rose.map(({ pair, isRetried }) => [pair.id, isRetried])).toEqual([['b', true]]);
  });
});
