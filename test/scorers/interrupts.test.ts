import { describe, expect, it } from 'vitest';
import { scoreSafely } from '../../src/scorers/index.ts';
import { asksAsExpected } from '../../src/scorers/interrupts.ts';
import type { ExpectedInterrupt, GivenAnswer, JobRecord, Json } from '../../src/types.ts';
import { madeRecord } from '../reports/made-records.ts';
import { madeScorer } from './made-score.ts';

const refund = (order: number): Json => ({ action_requests: [{ name: 'refund', args: { order } }] });
const waits = (...values: Json[]): Partial<JobRecord> => ({
  outcome: 'interrupted',
  interrupts: values.map((value, at) => ({ id: `i-${at}`, value })),
});
const answered = (stop: number, asked: Json): GivenAnswer => ({
  stop,
  interrupt_id: `i-${stop}`,
  asked,
  answer: true,
  by: 'script',
});

const scoreOf = (
  expected: readonly ExpectedInterrupt[] | undefined,
  fields: Partial<JobRecord>,
  text = 'interrupts',
) =>
  scoreSafely(
    madeScorer(text),
    madeRecord({ ...fields, ...(expected !== undefined && { expected_interrupts: expected }) }),
  );

describe('the scorer interrupts', () => {
  it.each<[string, readonly ExpectedInterrupt[], Partial<JobRecord>]>([
    ['a tool by name', ['refund'], waits(refund(1))],
    ['a tool with its arguments', [{ name: 'refund', args: { order: 1 } }], waits(refund(1))],
    ['arguments by matcher', [{ name: 'refund', args: { order: { $any: true } } }], waits(refund(7))],
    ['a question', [{ question: 'sure?' }], waits({ question: 'sure?', about: 1 })],
    ['a question by matcher', [{ question: { $regex: '^sure' } }], waits('sure?')],
    ['a breakpoint', ['breakpoint'], waits()],
    ['several at once, in any order', [{ question: 'b' }, { question: 'a' }], waits('a', 'b')],
    [
      'what was answered, then what waits',
      ['refund', { question: 'sure?' }],
      { ...waits('sure?'), answers: [answered(1, refund(1))] },
    ],
    ['all that was answered', ['refund'], { outcome: 'success', answers: [answered(1, refund(1))] }],
    ['nothing', [], { outcome: 'success' }],
  ])('gives 1 to %s', (_, expected, fields) => {
    expect(scoreOf(expected, fields)).toMatchObject({ value: 1 });
  });

  it.each<[string, readonly ExpectedInterrupt[], Partial<JobRecord>, number]>([
    ['another tool', ['cancel'], waits(refund(1)), 0],
    ['other arguments', [{ name: 'refund', args: { order: 2 } }], waits(refund(1)), 0.5],
    ['another question', [{ question: 'really?' }], waits('sure?'), 0.5],
    ['a run that did not ask', ['refund'], { outcome: 'success' }, 0],
    ['a run that asks though it may not', [], waits('sure?'), 0],
    ['a breakpoint instead of a question', [{ question: 'sure?' }], waits(), 0],
    ['one stop of two', ['refund', 'refund'], { ...waits(refund(1)) }, 0.5],
  ])('does not give 1 to %s', (_, expected, fields, value) => {
    const score = scoreOf(expected, fields);

    expect(score).toMatchObject({ value });
    expect(score).toHaveProperty('reason', expect.stringMatching(/./));
  });

  it('leaves unscored what says nothing of it, and turns that failed', () => {
    expect(scoreOf(undefined, waits('sure?'))).toMatchObject({ value: null });
    expect(scoreOf(['refund'], { outcome: 'error' })).toMatchObject({ value: null });
  });

  it('compares in the way that is named', () => {
    const asked = { ...waits('b'), answers: [answered(1, 'a')] };

    expect(scoreOf([{ question: 'b' }], asked, 'interrupts:superset')).toMatchObject({ value: 1 });
    expect(scoreOf([{ question: 'b' }, { question: 'a' }], asked, 'interrupts:unordered')).toMatchObject({
      value: 1,
    });
    expect(() => madeScorer('interrupts:loose')).toThrow('interrupts: expected one of strict');
  });
});

describe('a turn that waits as its example expects', () => {
  it('is told from others', () => {
    expect(asksAsExpected(madeRecord({ ...waits(refund(1)), expected_interrupts: ['refund'] }))).toBe(true);
    expect(asksAsExpected(madeRecord({ ...waits(refund(1)), expected_interrupts: ['cancel'] }))).toBe(false);
    expect(asksAsExpected(madeRecord(waits(refund(1))))).toBe(false);
    expect(asksAsExpected(madeRecord({ outcome: 'success', expected_interrupts: [] }))).toBe(false);
  });
});
