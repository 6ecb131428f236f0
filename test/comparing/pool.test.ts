import { describe, expect, it } from 'vitest';
import { pairSides, ranOf, scoresOf } from '../../src/comparing/pairing.ts';
import { poolSides } from '../../src/comparing/pool.ts';
import { madeTrouble } from '../reports/made-records.ts';
import { madeSide, scored } from './made-sides.ts';

const scoresIn = (pool: ReturnType<typeof poolSides>, scorer = 'exact') => {
  const { side } = pool;
  const place = side.scorers.indexOf(scorer);
  return pairSides(side, side).pairs.map(({ id, baseline }) => [id, scoresOf(baseline, place)]);
};

describe('poolSides', () => {
  it('has the trials of each example one after another, the newest first', () => {
    const newest = madeSide([scored('a', 1), scored('a', 0, { trial: 2 }), scored('b', 1)]);
    const older = madeSide([scored('b', 0), scored('a', 0.5), scored('c', 1)]);

    const pool = poolSides([newest, older]);

    expect(scoresIn(pool)).toEqual([
      ['a', [1, 0, 0.5]],
      ['b', [1, 0]],
      ['c', [1]],
    ]);
    expect(pool).toMatchObject({ offsets: [0, 2], inputsDiffer: [] });
  });

  it('leaves out what older ones asked otherwise, and names it', () => {
    const newest = madeSide([scored('a', 1), scored('b', 1)]);
    const older = madeSide([scored('a', 0, { input: 'another' }), scored('b', 0)]);

    const pool = poolSides([newest, older]);

    expect(scoresIn(pool)).toEqual([
      ['a', [1]],
      ['b', [1, 0]],
    ]);
    expect(pool.inputsDiffer).toEqual(['a']);
  });

  it('keeps scorers apart, in whatever order each has them', () => {
    const by = (exact: number, numeric: number) => ({
      scores: { numeric: { value: numeric, reason: null }, exact: { value: exact, reason: null } },
    });
    const pool = poolSides([madeSide([scored('a', 1)]), madeSide([scored('a', 0, by(0, 0.25))])]);

    expect(scoresIn(pool)).toEqual([['a', [1, 0]]]);
    expect(scoresIn(pool, 'numeric')).toEqual([['a', [0.25]]]);
  });

  it('keeps the turns of a conversation in step, also where a trial of one was never asked', () => {
    const turn = (at: number, value: number, trial = 1) =>
      scored('talk', value, { turn: at, trial, thread_id: `t-${trial}` });
    const newest = madeSide([turn(1, 1), turn(2, 0), turn(1, 1, 2)]);
    const older = madeSide([turn(1, 0), turn(2, 0)]);

    expect(scoresIn(poolSides([newest, older]))).toEqual([['talk', [0.5, 0]]]);
  });

  it('counts trials that failed to run once each', () => {
    const failed = { ...madeTrouble('error', 'a'), input: 'ask a' };
    const { side } = poolSides([madeSide([scored('a', 1)]), madeSide([failed])]);

    const [pair] = pairSides(side, side).pairs;

    expect(ranOf(pair?.baseline ?? [])).toEqual([1, 0]);
  });
});
