import { describe, expect, it } from 'vitest';
import { estimateMean } from '../../src/stats/estimate.ts';
import { ScoreTable } from '../../src/stats/score-figures.ts';
import type { JobRecord } from '../../src/types.ts';
import { madeFailure, madeRecord } from '../reports/made-records.ts';

const exact = { name: 'exact', text: 'exact', needs_expected: true };

const scored = (value: number | null, fields: Partial<JobRecord> = {}): JobRecord =>
  madeRecord({ expected: '4', scores: { exact: { value, reason: null } }, ...fields });
const failed = (fields: Partial<JobRecord> = {}) =>
  scored(null, { outcome: 'error', failure: madeFailure(), ...fields });

function figuresOf(examples: readonly (readonly JobRecord[])[], repeat = 1, ks: readonly number[] = []) {
  const table = new ScoreTable([exact], { repeat, ks });
  for (const records of examples) table.add(records);
  const [figures] = table.figures();
  if (figures === undefined) throw new Error('no figures');
  return figures;
}

describe('score figures', () => {
  it('tell scored, unscored, failed and interrupted apart', () => {
    const figures = figuresOf([
      [scored(1)],
      [scored(0)],
      [scored(null)],
      [failed()],
      [scored(null, { outcome: 'interrupted' })],
    ]);

    expect(figures).toMatchObject({ scored: 2, not_scored: 1, failed: 1, interrupted: 1, examples: 2 });
    expect(figures).toMatchObject({
      mean: 0.5,
      min: 0,
      mean_errors_as_fail: 1 / 3,
      repeats: [],
      steadiness: null,
    });
  });

  it('count no failure where the example expects nothing', () => {
    expect(figuresOf([[scored(1)], [failed({ expected: null })], [failed({ expected: ' ' })]])).toMatchObject(
      {
        failed: 0,
        mean_errors_as_fail: 1,
      },
    );
  });

  it('average trials by example, and turns by trial', () => {
    const trials = [1, 1, 0].map((value, at) => scored(value, { trial: at + 1 }));
    const turns = [1, 0, 0, 1].map((value, at) =>
      scored(value, { id: 'talk', trial: at < 2 ? 1 : 2, turn: (at % 2) + 1 }),
    );

    expect(figuresOf([trials, [scored(0)]], 3)).toMatchObject({ examples: 2, mean: 1 / 3 });
    expect(figuresOf([turns], 2)).toMatchObject({ examples: 1, mean: 0.5, scored: 4 });
  });

  it('tell steady, flaky and broken examples, and how sure k trials are', () => {
    const example = (id: string, values: readonly number[]) =>
      values.map((value, at) => scored(value, { id, trial: at + 1 }));

    const { repeats, steadiness } = figuresOf(
      [example('a', [1, 1, 1]), example('b', [1, 1, 0]), example('c', [0, 0, 0]), example('d', [1])],
      3,
      [2],
    );

    expect(steadiness).toEqual({ steady: 1, flaky: 1, broken: 1, flaky_ids: ['b'], broken_ids: ['c'] });
    expect(repeats.map(({ k, pass_hat_k, left_out }) => [k, pass_hat_k?.mean, left_out])).toEqual([
      [2, (1 + 1 / 3) / 3, 1],
      [3, 1 / 3, 1],
    ]);
  });

  it('take turns of one conversation, in rows of their own, for alike', () => {
    const turn = (id: string, value: number, thread: string) =>
      scored(value, { id, turn: 1, thread_id: thread, index: Number(id) });
    const rows = Array.from({ length: 20 }, (_, at) => turn(String(at), at < 10 ? 1 : 0, `t${at % 4}`));

    const { interval } = figuresOf(rows.map((row) => [row]));

    const clustered = rows.map(({ scores, thread_id }) => ({
      scores: [scores['exact']?.value ?? 0],
      cluster: thread_id ?? undefined,
    }));
    expect(interval).toEqual(estimateMean(clustered)?.interval);
  });

  it('are the same beyond what is kept of them', () => {
    const table = new ScoreTable([exact], { repeat: 1 });
    const examples = Array.from({ length: 6_000 }, (_, at) => (at % 10) / 10);
    for (const value of examples) table.add([scored(value)]);

    const [figures] = table.figures();

    const mean = examples.reduce((sum, value) => sum + value, 0) / examples.length;
    const variance = examples.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (examples.length - 1);
    expect(figures?.mean).toBeCloseTo(mean, 12);
    expect(figures?.interval?.low).toBeCloseTo(mean - 1.9604 * Math.sqrt(variance / examples.length), 5);
  });
});
