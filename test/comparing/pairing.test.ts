import { describe, expect, it } from 'vitest';
import { inputHash } from '../../src/comparing/input-hash.ts';
import { amountsOf, pairSides, ranOf, scoresOf } from '../../src/comparing/pairing.ts';
import { countTurns } from '../../src/comparing/populations.ts';
import type { JobRecord } from '../../src/types.ts';
import { madeTrouble } from '../reports/made-records.ts';
import { madeSide, scored } from './made-sides.ts';

const failed = (id: string, fields: Partial<JobRecord> = {}): JobRecord => ({
  ...madeTrouble('error', id),
  input: `ask ${id}`,
  ...fields,
});

const candidateScores = (records: readonly JobRecord[]) => {
  const side = madeSide(records);
  return pairSides(side, side).pairs.map(({ id, candidate }) => [id, scoresOf(candidate, 0)]);
};

describe('pairSides', () => {
  it('pairs by id, wherever it stands, and tells what it leaves out', () => {
    const before = madeSide([scored('a', 1), scored('b', 1), scored('c', 1), scored('old', 1)]);
    const after = madeSide([
      scored('new', 1),
      scored('c', 0, { input: 'other' }),
      scored('b', 0),
      scored('a', 1),
    ]);

    const pairing = pairSides(before, after);

    expect(pairing.pairs.map(({ id }) => id)).toEqual(['b', 'a']);
    expect(pairing).toMatchObject({
      onlyInBaseline: ['old'],
      onlyInCandidate: ['new'],
      inputsDiffer: ['c'],
    });
  });

  it('takes a row that cannot be read for no example', () => {
    const bad = madeTrouble('skipped', 'line-3', { kind: 'invalid', code: 'ROW_UNREADABLE' });

    expect(candidateScores([scored('a', 1), bad])).toEqual([['a', [1]]]);
  });

  it('takes the rows of a thread for one example, though each run has threads of its own', () => {
    const talk = (thread: string, trial: number, values: readonly number[]) =>
      values.map((value, at) => scored(`r${at + 1}`, value, { turn: at + 1, trial, thread_id: thread }));
    const before = madeSide([...talk('t-1', 1, [1, 1, 0]), ...talk('t-2', 2, [1, 1, 1])]);
    const after = madeSide(talk('t-9', 1, [1, 0, 0]));

    const { pairs } = pairSides(before, after);

    expect(pairs.map(({ id }) => id)).toEqual(['r1']);
    expect(pairs.map(({ baseline }) => scoresOf(baseline, 0))).toEqual([[2 / 3, 1]]);
    expect(pairs.map(({ candidate }) => scoresOf(candidate, 0))).toEqual([[1 / 3]]);
  });

  it('knows the thread of a row that was never asked by the other batch', () => {
    const whole = ['r1', 'r2'].map((id, at) => scored(id, 1, { turn: at + 1, thread_id: 't' }));
    const broken = [
      failed('r1', { turn: 1, thread_id: 'u' }),
      { ...madeTrouble('skipped', 'r2'), input: 'ask r2', turn: 2 },
    ];

    const { pairs, onlyInCandidate } = pairSides(madeSide(whole), madeSide(broken));

    expect(pairs.map(({ id, candidate }) => [id, candidate.length])).toEqual([['r1', 2]]);
    expect(onlyInCandidate).toEqual([]);
  });

  it('leaves out a conversation that has other turns', () => {
    const talk = (said: readonly string[]) =>
      said.map((input, at) => scored('c', 1, { turn: at + 1, input, thread_id: 't' }));

    const pairing = pairSides(madeSide(talk(['hi', 'and?'])), madeSide(talk(['hi', 'and then?'])));

    expect(pairing).toMatchObject({ pairs: [], inputsDiffer: ['c'] });
  });
});

describe('an example', () => {
  it('has the mean of its turns, and none of a trial that broke off', () => {
    const turns = (trial: number, values: readonly (number | null)[]) =>
      values.map((value, at) => scored('c', value, { turn: at + 1, trial, thread_id: `t${trial}` }));
    const broken = [turns(3, [1])[0], failed('c', { turn: 2, trial: 3, input: 'ask c' })].flatMap(
      (r) => r ?? [],
    );

    expect(candidateScores([...turns(1, [1, 0]), ...turns(2, [null, 1]), ...broken])).toEqual([
      ['c', [0.5, 1]],
    ]);
  });

  it('has no score where it failed to run: that is counted apart', () => {
    const side = madeSide([
      scored('a', 1, { trial: 1 }),
      failed('a', { trial: 2 }),
      scored('a', null, { trial: 3 }),
      { ...madeTrouble('interrupted', 'a'), input: 'ask a', trial: 4 },
    ]);
    const [pair] = pairSides(side, side).pairs;

    expect(scoresOf(pair?.candidate ?? [], 0)).toEqual([1]);
    expect(ranOf(pair?.candidate ?? [])).toEqual([1, 0, 1, 1]);
    expect(countTurns(side.turns, [0])).toEqual({
      scored: 1,
      not_scored: 1,
      failed: 1,
      interrupted: 1,
      skipped: 0,
    });
  });

  it('takes as long as all its turns, where all succeeded', () => {
    const turn = (at: number, latency_ms: number, trial = 1) =>
      scored('c', 1, { turn: at, latency_ms, trial, thread_id: `t${trial}` });
    const side = madeSide([turn(1, 100), turn(2, 50), turn(1, 70, 2), failed('c', { turn: 2, trial: 2 })]);

    expect(amountsOf(side.turns, ({ latencyMs }) => latencyMs)).toEqual([150]);
  });
});

describe('inputHash', () => {
  it('is the same whatever the order of fields, and another for another input', () => {
    expect(inputHash({ a: 1, b: [{ c: 2, d: 3 }] })).toBe(inputHash({ b: [{ d: 3, c: 2 }], a: 1 }));
    expect(new Set([inputHash('1'), inputHash({ a: 1 }), inputHash([{ a: 1 }]), inputHash('')]).size).toBe(4);
  });
});
