import { describe, expect, it } from 'vitest';
import { createScorers } from '../../src/scorers/index.ts';
import { madeScorer, scoreOf } from './made-score.ts';

describe('assertions', () => {
  it.for<readonly [cell: string, answer: string, value: number | null]>([
    ['Paris', 'Paris', 1],
    ['Paris', 'Paris ', 0], // as promptfoo: the answer as it is
    ['not-equals: Paris', 'Rome', 1],
    ['contains: is', 'This', 1],
    ['contains: IS', 'This', 0],
    ['icontains: IS', 'This', 1],
    ['not-icontains: IS', 'This', 0],
    ['starts-with: Th', 'This', 1],
    ['starts-with: Th', ' This', 0],
    ['contains-all: a, b', 'b a', 1],
    ['contains-all: a, c', 'b a', 0],
    ['not-contains-all: a, c', 'b a', 1],
    ['contains-any: x, a', 'b a', 1],
    ['icontains-any: X, A', 'b a', 1],
    ['icontains-all: B, A', 'b a', 1],
    ['not-contains-any: x, y', 'b a', 1],
    ['regex: ^b', 'b a', 1],
    ['regex: /B/i', 'b a', 0],
    ['not-regex: a$', 'b a', 0],
    ['regex: (', 'b a', null],
    ['regex: (a+)+$', `${'a'.repeat(3_000)}!`, null],
    ['not-regex: (a+)+$', `${'a'.repeat(3_000)}!`, null],
    ['is-json', '[1]', 1],
    ['is-json', '```json\n[1]\n```', 0],
    ['not-is-json', 'x', 1],
    ['contains-json', 'Here: {"a":1}.', 1],
    ['contains-json', 'see [1]', 0],
    ['contains-json', '{'.repeat(100_000), null],
    ['similar(0.8): colour', 'color', 1],
    ['similar(0.9): colour', 'color', 0],
    ['not-similar(0.9): colour', 'color', 1],
    ['levenshtein(1): colour', 'color', 1],
    ['levenshtein(0): colour', 'color', 0],
    ['latency(812.4)', 'x', 1],
    ['latency(812)', 'x', 0],
    ['not-latency(812)', 'x', 1],
    ['cost(1)', 'x', null], // the agent told no tokens
    ['javascript: true', 'x', null],
    ['webhook: http://localhost', 'x', null],
  ])('%j of %j: %j', ([cell, answer, value]) => {
    expect(scoreOf('assertions', cell, answer).value).toBe(value);
  });

  it.for<readonly [cells: readonly string[], threshold: string, value: number | null]>([
    [['a', 'contains: a'], '', 1],
    [['a', 'contains: b'], '', 0],
    [['a', 'contains: b'], '0.5', 1],
    [['a', 'contains: b'], '0.6', 0],
    [['a', 'cost(1)'], '', null], // what cannot be judged could still fail it
    [['b', 'cost(1)'], '', 0], // or could not save it
    [['a', 'cost(1)'], '0.5', 1],
    [['a', 'cost(1)'], '0.6', null],
    [[], '', null],
  ])('%j by a threshold of %j: %j', ([cells, threshold, value]) => {
    const [expected = null, ...others] = cells;
    const further = Object.fromEntries(others.map((cell, at) => [`__expected${at + 2}`, cell]));

    const score = scoreOf('assertions', expected, 'a', { metadata: { ...further, __threshold: threshold } });

    expect(score.value).toBe(value);
  });

  it('say which do not hold', () => {
    const metadata = { __expected2: 'contains: b', __expected3: 'not-contains: a' };

    expect(scoreOf('assertions', 'contains: b', 'x').reason).toBe('expected contains: "b", saw "x"');
    expect(scoreOf('assertions', 'a', 'a', { metadata }).reason).toBe(
      '1 of 3 hold: expected contains: "b", saw "a"; expected not what contains: "a" asks, saw "a"',
    );
  });

  it('name what cannot be judged before anything is asked', async () => {
    const [named] = await createScorers(['assertions'], { price: null });
    const metadata = { __expected2: 'fn: true', __expected3: 'regex: (', __expected4: 'grade: x' };

    const fault = named?.scorer.fault?.({ expected: 'cost(1)', metadata });

    expect(fault).toMatch(/expected --price .*; javascript: .*; regex: .*; llm-rubric: /);
    expect(madeScorer('assertions').fault?.({ expected: 'cost(1)', metadata: {} })).toBeNull();
  });
});
