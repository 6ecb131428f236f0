import { describe, expect, it } from 'vitest';
import { createScorers } from '../../src/scorers/index.ts';
import { madeRecord } from '../reports/made-records.ts';
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

  it.for<readonly [cell: string, answer: string, value: number | null]>([
    ['is-json: {"required":["a"]}', '{"a":1}', 1],
    ['is-json: {"required":["a"]}', '{}', 0],
    ['is-json: {"required":["a"]}', 'a', 0],
    ['not-is-json: {"required":["a"]}', '{}', 1],
    ['contains-json: {"required":["a"]}', 'see {} and {"a":1}.', 1],
    ['contains-json: {"required":["a"]}', 'see {"b":{"a":1}}', 0],
    ['not-contains-json: {"required":["a"]}', 'see {}', 1],
    ['is-json: {"pattern":"^(a+)+$"}', `"${'a'.repeat(60)}!"`, null],
  ])('%s of %j is %j', ([cell, answer, value]) => {
    expect(scoreOf('assertions', cell, answer).value).toBe(value);
  });

  it.for<readonly [cell: string, RegExp]>([
    ['is-json: {"type":"texts"}', /^is-json: expected a JSON Schema, saw/],
    ['is-json: type: object', /^is-json: expected a JSON Schema as JSON, saw "type: object"/],
    ['contains-json: file://none.json', /^contains-json: expected a file with a JSON Schema, found none/],
  ])('%s has a schema that is none', ([cell, told]) => {
    expect(madeScorer('assertions').fault?.({ expected: cell, metadata: {} })).toMatch(told);
    expect(scoreOf('assertions', cell, '{}').value).toBeNull();
  });

  it.each<[cell: string, answer: string, value: number | null, threshold?: string]>([
    ['javascript: output.length < 3', 'ab', 1],
    ['javascript: output.length < 3', 'abc', 0],
    ['not-javascript: output.length < 3', 'abc', 1],
    ['fn: const n = Number(output); n > 1;', '2', 1],
    ['fn: const n = output; n === "a;b"', 'a;b', 1],
    ['eval: const n = Number(output)\nreturn n > 1', '2', 1],
    ['javascript: JSON.parse(output).a === 1', '{"a":1}', 1],
    ['javascript: JSON.parse(output).a === 1', 'none', 0], // it throws
    ['not-javascript: JSON.parse(output).a === 1', 'none', 0],
    ['javascript: context.vars.city === output', 'Oslo', 1],
    ['javascript: context.prompt.length > 0', '', 1],
    ['javascript: ({ pass: false, score: 0, reason: "no" })', '', 0],
    ['javascript: Promise.resolve(output === "a")', 'a', 1],
    ['javascript: (async () => { await null; throw new Error("late") })()', 'a', 0],
    ['javascript: 0.5', 'a', 1],
    ['javascript: 0', 'a', 0],
    ['javascript: 0.5', 'a', 0, '0.6'],
    ['javascript: "text"', 'a', 0],
    ['javascript: NaN', 'a', 0],
    ['javascript: new Promise(() => {})', 'a', null],
    ['javascript: (() => { for (;;); })()', 'a', null],
    ['javascript: typeof require + typeof process + typeof fetch === "undefinedundefinedundefined"', '', 1],
    ['javascript: output.constructor.constructor("return typeof process")() === "undefined"', '', 1],
  ])('%s of %j is %j', async (cell, answer, value, threshold) => {
    const [named] = await createScorers(['assertions'], { price: null, allowCode: true });
    const config = threshold === undefined ? {} : { '__config:__expected:threshold': threshold };

    const score = await named?.scorer.score(
      madeRecord({ expected: cell, response: answer, metadata: { city: 'Oslo', ...config } }),
    );

    expect(score?.value).toBe(value);
    if (value !== 1) expect(score?.reason).toMatch(/./);
  });

  it('run code only where that is allowed, and name code that is none', async () => {
    const [allowed] = await createScorers(['assertions'], { price: null, allowCode: true });
    const faultOf = (expected: string) => ({ expected, metadata: {} });

    expect(madeScorer('assertions').fault?.(faultOf('fn: true'))).toContain('only with --allow-code');
    expect(allowed?.scorer.fault?.(faultOf('fn: true'))).toBeNull();
    expect(allowed?.scorer.fault?.(faultOf('fn: a +'))).toMatch(/^javascript: SyntaxError: /);
  });

  it('name what cannot be judged before anything is asked', async () => {
    const [named] = await createScorers(['assertions'], { price: null });
    const metadata = { __expected2: 'fn: true', __expected3: 'regex: (', __expected4: 'grade: x' };

    const fault = named?.scorer.fault?.({ expected: 'cost(1)', metadata });

    expect(fault).toMatch(/expected --price .*; javascript: .*; regex: .*; llm-rubric: /);
    expect(madeScorer('assertions').fault?.({ expected: 'cost(1)', metadata: {} })).toBeNull();
  });
});
