import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/types.ts';
import { madeScorer, scoreOf } from './made-score.ts';

type Case = readonly [scorer: string, expected: Json, answer: string | null, value: number | null];

describe('scorers of text', () => {
  it.for<Case>([
    ['exact', 'Paris', 'Paris', 1],
    ['exact', 'Paris', ' Paris\n', 1],
    ['exact', 'Paris', 'paris', 0],
    ['exact', 'Paris', 'Paris.', 0],
    ['exact', 'Paris', '', 0],
    ['exact', 'Paris', null, 0],
    ['exact', 4, '4', 1],
    ['exact', false, 'false', 1],
    ['exact', { a: 1 }, '{"a":1}', null], // json compares these
    ['exact:Paris', 'Rome', 'Paris', 1], // the argument goes before the expectation
    ['contains', 'Paris', 'It is Paris.', 1],
    ['contains', 'Paris', 'It is paris.', 0],
    ['contains', ['a', 'b'], 'a b', null],
    ['contains:sorry', null, 'I am sorry', 1],
    ['contains:a,b:c', null, 'xa,b:cx', 1], // all behind the first colon
    ['icontains', 'PARIS', 'It is paris.', 1],
    ['icontains', 'straße', 'STRASSE', 0], // letter by letter, no folding
    ['starts-with', 'Yes', '\n Yes, of course', 1],
    ['starts-with', 'Yes', 'Oh yes', 0],
    ['one-of', ['Paris', 'Paris, France'], 'Paris, France', 1],
    ['one-of', ['Paris', 'Rome'], 'Paris, France', 0],
    ['one-of', 'yes|no', 'no', 1],
    ['one-of', '["yes", "no"]', 'no', 1],
    ['one-of', [1, 2], '2', 1],
    ['one-of', [], 'x', null],
    ['one-of', [['a']], 'a', null],
    ['one-of', '|', '|', null],
    ['one-of:yes|no|maybe', 'yes', 'maybe', 1],
    ['similar', 'colour', 'color', 5 / 6],
    ['similar', 'same', 'same', 1],
    ['similar', 'abc', 'xyz', 0],
    ['similar:0.8', 'colour', 'color', 1],
    ['similar:0.9', 'colour', 'color', 0],
    ['similar', 'a'.repeat(40_000), 'b'.repeat(40_000), null], // over a billion steps
  ])('%s: expected %j, saw %j: %j', ([scorer, expected, answer, value]) => {
    expect(scoreOf(scorer, expected, answer).value).toBe(value);
  });

  it.for<readonly [string, Json, string | null, string]>([
    ['exact', 'Paris', 'paris', 'expected "Paris", saw "paris" (capitals differ)'],
    ['exact', 'a b', 'a\u00a0b', 'expected "a b", saw "a\u00a0b" (blanks differ)'],
    [
      'exact',
      'caf\u00e9',
      'cafe\u0301',
      'expected "caf\u00e9", saw "cafe\u0301" (the same letters, encoded in two ways)',
    ],
    ['exact', 'Paris', null, 'expected "Paris", saw nothing'],
    ['one-of', 'yes|no', 'maybe', 'expected one of "yes", "no", saw "maybe"'],
    [
      'contains',
      'x',
      'a'.repeat(200),
      `expected "x" in the answer, saw "${'a'.repeat(120)}"… (200 characters)`,
    ],
  ])('%s says why %j is not %j', ([scorer, expected, answer, reason]) => {
    expect(scoreOf(scorer, expected, answer).reason).toBe(reason);
  });

  it('tells an expectation that is no text before anything is asked', () => {
    const fault = madeScorer('exact').fault?.({ expected: { a: 1 }, metadata: {} });

    expect(fault).toBe('exact expected some text to compare with, saw an object: json compares these');
  });

  it('cuts no letter of two units in half in a reason', () => {
    const { reason } = scoreOf('exact', 'x', `${'a'.repeat(119)}👋👋`);

    expect(reason?.isWellFormed()).toBe(true);
  });
});
