import { describe, expect, it } from 'vitest';
import type { Judge } from '../../src/contracts.ts';
import { createScorers, scoreSafely } from '../../src/scorers/index.ts';
import type { Json, JsonObject } from '../../src/types.ts';
import { madeRecord } from '../reports/made-records.ts';
import { fenced } from '../support/judge-server.ts';
import { madeJudge } from './made-judge.ts';

async function scored(expected: Json, judge: Judge | null, metadata: JsonObject = {}) {
  const [named] = await createScorers(['assertions'], { price: null, judge });
  if (named === undefined) throw new Error('no assertions');
  return scoreSafely(named.scorer, madeRecord({ expected, metadata, response: 'Good day' }));
}

const gives = (score: number) => madeJudge(() => JSON.stringify({ score, reason: 'so it is' }));

describe('an llm-rubric', () => {
  it.for<readonly [cell: string, score: number, value: number, reason: string | null]>([
    ['llm-rubric: is polite', 1, 1, null],
    ['grade: is polite', 0.5, 1, null],
    ['llm-rubric: is polite', 0.4, 0, 'llm-rubric: the judge gave 0.4, expected 0.5: so it is'],
    ['llm-rubric(0.8): is polite', 0.7, 0, 'llm-rubric: the judge gave 0.7, expected 0.8: so it is'],
    ['not-llm-rubric: is rude', 0, 1, null],
    ['not-llm-rubric: is rude', 1, 0, 'expected not what llm-rubric(0.5): "is rude" asks, saw "Good day"'],
  ])('%s is judged: at %f it is %f', async ([cell, score, value, reason]) => {
    const given = await scored(cell, gives(score));

    expect(given).toMatchObject({ value, reason });
    expect(given.judge).toMatchObject({ model: 'made-1', raw: `{"score":${score},"reason":"so it is"}` });
  });

  it('is the rubric, and not an expectation besides', async () => {
    const tasks: string[] = [];
    const judge = madeJudge(({ task }) => {
      tasks.push(task);
      return '{"score":1,"reason":""}';
    });

    await scored('llm-rubric: is polite', judge);

    expect(tasks[0]).toContain('Rubric:\nis polite\n');
    expect(fenced(tasks[0] ?? '', 'expected')).toBe('');
  });

  it('stands beside others, and with several all replies are kept', async () => {
    const both = { __expected1: 'contains: Good', __expected2: 'llm-rubric: is short' };
    const judge = madeJudge(({ task }) =>
      JSON.stringify({ score: task.includes('short') ? 0 : 1, reason: 'so it is' }),
    );

    const given = await scored('llm-rubric: is polite', judge, both);

    expect(given.value).toBe(0);
    expect(given.reason).toBe('2 of 3 hold: llm-rubric: the judge gave 0, expected 0.5: so it is');
    expect(JSON.parse(given.judge?.raw ?? '')).toEqual([
      '{"score":1,"reason":"so it is"}',
      '{"score":0,"reason":"so it is"}',
    ]);
  });

  it('without a reply makes the row not scored, negated or not', async () => {
    const silent = madeJudge(() => ({ text: null, why: 'it is down' }));

    const scores = [await scored('llm-rubric: a', silent), await scored('not-llm-rubric: a', silent)];

    expect(scores.map(({ value, reason }) => [value, reason])).toEqual(Array(2).fill([null, 'it is down']));
  });

  it('without a judge is a fault, that says how to name one', async () => {
    const [named] = await createScorers(['assertions'], { price: null });

    const fault = named?.scorer.fault?.({ expected: 'llm-rubric: is polite', metadata: {} });

    expect(fault).toBe(
      'llm-rubric: expected a judge: --judge-url with --judge-model, or --judge-agent (docs/guide/judge.md), got neither',
    );
  });
});
