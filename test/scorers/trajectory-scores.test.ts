import { describe, expect, it } from 'vitest';
import { expectationFaults } from '../../src/scorers/trajectory/expected.ts';
import {
  scoreConversation,
  scoreTools,
  type ToolsOptions,
  toolsDefaults,
} from '../../src/scorers/trajectory/score.ts';
import { ofCalls, trajectoryOf } from '../../src/scorers/trajectory/trajectory.ts';
import type { ExpectedTool, Json, JsonObject, ToolCall } from '../../src/types.ts';

const call = (name: string, args: Json = {}): ToolCall => ({ name, args, id: null });
const scored = (
  expected: readonly ExpectedTool[] | null,
  calls: readonly ToolCall[],
  options: Partial<ToolsOptions> = {},
) => scoreTools(expected, ofCalls(calls), { ...toolsDefaults, ...options });

describe('arguments', () => {
  const fits = (wanted: JsonObject, seen: Json, args: ToolsOptions['args'] = 'exact') =>
    scored([{ name: 'pay', args: wanted }], [call('pay', seen)], { args }).score === 1;

  it.each<[JsonObject, Json, ToolsOptions['args'], boolean]>([
    [{ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1 }, 'exact', true],
    [{ a: 1 }, { a: 1, b: 2 }, 'exact', false],
    [{ a: 1, b: 2 }, { a: 1 }, 'exact', false],
    [{ a: 1 }, { a: '1' }, 'exact', false],
    [{ a: null }, {}, 'exact', false],
    [{ a: null }, { b: null }, 'exact', false],
    [{ a: [1, 2] }, { a: [2, 1] }, 'exact', false],
    [{}, {}, 'exact', true],
    [{ a: { b: 1 } }, { a: { b: 1, c: 2 }, d: 3 }, 'subset', true],
    [{ a: { b: 1 } }, { a: { c: 2 } }, 'subset', false],
    [{ a: [1] }, { a: [1, 2] }, 'subset', false],
    [{ a: 1 }, { a: 2 }, 'ignored', true],
    [{ toString: 1 }, {}, 'subset', false],
  ])('%j is met by %j, %s: %s', (wanted, seen, mode, expected) => {
    expect(fits(wanted, seen, mode)).toBe(expected);
  });

  it.each<[Json, Json, boolean]>([
    [{ $any: true }, null, true],
    [{ $regex: '^ref' }, 'refund', true],
    [{ $regex: '^REF', $flags: 'i' }, 'refund', true],
    [{ $regex: '^fund' }, 'refund', false],
    [{ $regex: '1' }, 1, false],
    [{ $number: 0.1, $tolerance: 0.2 }, 0.3, true],
    [{ $number: 10, $tolerance: 0.5 }, 10.6, false],
    [{ $number: 10 }, 10, true],
    [{ $number: 10 }, '10', false],
    [{ $one_of: ['a', { b: 1 }] }, { b: 1 }, true],
    [{ $one_of: ['a'] }, 'b', false],
    [{ $schema: { type: 'integer', minimum: 2 } }, 2, true],
    [{ $schema: { type: 'integer', minimum: 2 } }, 1, false],
    [{ $schema: { pattern: '^(a+)+$' } }, `${'a'.repeat(60)}!`, false],
    [{ $path: '$.b[0].c', $is: 1 }, { b: [{ c: 1 }] }, true],
    [{ $path: '$.b[0].c', $is: { $regex: '^x' } }, { b: [{ c: 'xy' }] }, true],
    [{ $path: '$.b[0].c', $is: 1 }, { b: [{ c: 2 }] }, false],
    [{ $path: '$.b' }, { b: null }, true],
    [{ $path: '$.b' }, {}, false],
    [{ $path: '$.b[*]', $is: 1 }, { b: [1, 1] }, false],
    [{ $equals: { $any: true } }, { $any: true }, true],
    [{ $equals: { $any: true } }, 1, false],
    [[{ $any: true }, 2], [1, 2], true],
  ])('%j is met by %j: %s', (matcher, seen, expected) => {
    expect(fits({ a: matcher }, { a: seen })).toBe(expected);
  });

  it('a matcher meets nothing where there is no value', () => {
    expect(fits({ a: { $any: true } }, {})).toBe(false);
    expect(fits({ a: { $equals: null } }, { b: null })).toBe(false);
  });

  it('a pattern that would take forever meets nothing', () => {
    expect(fits({ a: { $regex: '^(a+)+$' } }, { a: `${'a'.repeat(60)}b` })).toBe(false);
    expect(fits({ a: { $regex: '^(a+)+$' } }, { a: 'aaa' })).toBe(true);
  });

  it.each<[ExpectedTool, RegExp]>([
    ['', /^expected_tools\[0\]: expected the name of a tool/],
    [{ name: 'pay', args: { $any: true } }, /\[0\].args: expected names of arguments, saw a matcher/],
    [{ name: 'pay', args: { a: { $regexp: 'x' } } }, /\.args\.a: expected one of .*saw "\$regexp"/],
    [
      { name: 'pay', args: { a: [{ $regex: '(' }] } },
      /\.args\.a\[0\]: \$regex: expected a regular expression/,
    ],
    [{ name: 'pay', args: { a: { $regex: 'x', $flags: 'g' } } }, /flags of i, m, s, u/],
    [{ name: 'pay', args: { a: { $number: 1, $tolerance: -1 } } }, /a tolerance from 0/],
    [{ name: 'pay', args: { a: { $any: true, b: 1 } } }, /nothing else beside \$any, saw "b"/],
    [{ name: 'pay', args: { a: { $one_of: [] } } }, /a list of values/],
    [{ name: 'pay', args: { a: { $shema: {} } } }, /saw "\$shema"/],
    [{ name: 'pay', args: { a: { $schema: { type: 'texts' } } } }, /\$schema: expected a JSON Schema, saw/],
    [{ name: 'pay', args: { a: { $path: 'b' } } }, /\$path: expected a JSONPath \(expected '\$'/],
    [
      { name: 'pay', args: { a: { $path: '$.b', $is: { $regex: '(' } } } },
      /behind \$is \$regex: expected a regular/,
    ],
  ])('an expectation %j that cannot be read is told and not scored', (tool, fault) => {
    expect(expectationFaults([tool])).toEqual([expect.stringMatching(fault)]);
    expect(scored([tool], [call('pay')])).toEqual({ score: null, reason: expect.stringMatching(fault) });
  });
});

describe('rules', () => {
  it.each<[string, Partial<ToolsOptions>, number, RegExp]>([
    ['a forbidden tool', { forbidden: ['send_*'] }, 0, /send_mail\(\) is forbidden/],
    [
      'no forbidden tool',
      { forbidden: ['send', 'mail', '*pay*x', 'pay*pay'] },
      1,
      /no rule is broken, 3 calls/,
    ],
    ['too many calls', { mostCalls: 2 }, 0, /expected at most 2 calls, saw 3/],
    ['just so many calls', { mostCalls: 3 }, 1, /no rule/],
    ['a call made twice', { isRepeatForbidden: true }, 0, /pay\(sum: 5\) was called before/],
    [
      'a repeat that is not compared',
      { isRepeatForbidden: true, ignored: ['pay'] },
      1,
      /no rule is broken, 1 call/,
    ],
    [
      'a forbidden tool that is not compared',
      { ignored: ['*'], forbidden: ['pay'] },
      0,
      /pay\(sum: 5\) is forbidden/,
    ],
  ])('%s, with nothing else expected', (_, options, score, reason) => {
    const calls = [call('pay', { sum: 5 }), call('send_mail'), call('pay', { sum: 5 })];

    expect(scored(null, calls, options)).toEqual({ score, reason: expect.stringMatching(reason) });
  });

  it('once broken is worth nothing, however right the calls are', () => {
    const { score, reason } = scored(['pay', 'look'], [call('pay'), call('mail')], { forbidden: ['mail'] });

    expect(score).toBe(0);
    expect(reason.split('\n')).toEqual([
      'mail() is forbidden',
      '  pay()',
      '- look: expected, not called',
      '+ mail(): not expected',
    ]);
  });

  it('take a failed call for a call, where failed ones are left out too', () => {
    const messages: Json[] = [
      { type: 'ai', content: '', tool_calls: [{ name: 'pay', args: {}, id: 'a' }] },
      { type: 'tool', tool_call_id: 'a', status: 'error', content: 'refused' },
    ];
    const options: ToolsOptions = { ...toolsDefaults, failed: 'left-out', forbidden: ['pay'] };

    const trajectory = trajectoryOf({ input: 'x', messages, tool_calls: [] });

    expect(scoreTools([], trajectory, options).score).toBe(0);
    expect(scoreTools([], trajectory, { ...options, forbidden: [] }).score).toBe(1);
  });
});

describe('what a person reads', () => {
  it('shows each call, what was expected of it, and what was moved', () => {
    const expected = [
      'look',
      { name: 'pay', args: { sum: 5, to: 'ann' } },
      'mail',
      { name: 'log', args: {} },
    ];
    const calls = [
      call('mail'),
      call('look', { order: 17 }),
      call('pay', { sum: 6, to: 'ann' }),
      call('log', { a: 1 }),
    ];

    const { score, reason } = scored(expected, calls);

    expect(score).toBe(0.5);
    expect(reason.split('\n')).toEqual([
      'strict: 1 in another place, 2 with other arguments, of 4 calls',
      '+ mail(): called here, expected in another place',
      '  look(order: 17)',
      '~ pay(sum: 6, to: "ann"): expected sum: 5',
      '- mail: expected here, called in another place',
      '~ log(a: 1): expected no a',
    ]);
  });

  it('of many calls shows those that differ, and of many of these the first', () => {
    const many = Array.from({ length: 60 }, (_, at) => call('look', { at }));
    const names = many.map(() => 'look');

    const oneMore = scored(names, [...many, call('mail')]).reason.split('\n');
    const allMore = scored(['mail'], many).reason.split('\n');

    expect(oneMore.slice(1)).toEqual(['+ mail(): not expected', '  … and 60 more as expected or allowed']);
    expect(allMore).toHaveLength(22);
  });

  it('is short, and moves no cursor, whatever the model said', () => {
    const hostile = '\u001b[2J\u202e\u009b31m\r\nwell';

    const { reason } = scored([], [call(hostile, { [hostile]: hostile.repeat(1_000) })]);

    expect(reason.length).toBeLessThan(500);
    expect(reason).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(reason.split('\n')).toHaveLength(2);
  });
});

describe('a conversation', () => {
  const turn = (expected: readonly ExpectedTool[] | null, ...calls: ToolCall[]) => ({
    expected,
    trajectory: ofCalls(calls),
  });

  it('may be right as a whole where a turn is late', () => {
    const turns = [turn(['look', 'pay'], call('look')), turn([], call('pay'))];

    const { turns: byTurn, whole } = scoreConversation(turns, null, toolsDefaults);

    expect(byTurn.map(({ score }) => score)).toEqual([0.5, 0]);
    expect(whole.score).toBe(1);
  });

  it('in one row is held against what its row expects', () => {
    const turns = [turn(null, call('look')), turn(null, call('pay'))];

    const { turns: byTurn, whole } = scoreConversation(turns, ['look', 'pay'], toolsDefaults);

    expect(byTurn.map(({ score }) => score)).toEqual([null, null]);
    expect(whole.score).toBe(1);
  });

  it('is not scored whole where one of its turns expects nothing that is known', () => {
    const turns = [turn(['look'], call('look')), turn(null, call('pay'))];

    expect(scoreConversation(turns, null, toolsDefaults).whole.score).toBeNull();
    expect(scoreConversation([], null, toolsDefaults).whole.score).toBeNull();
  });

  it('has a problem where one of its turns has one, and says which', () => {
    const unread = trajectoryOf({ input: 'x', messages: [null], tool_calls: [] });
    const turns = [turn(['look'], call('look')), { expected: [], trajectory: unread }];

    const { whole } = scoreConversation(turns, null, { ...toolsDefaults, mode: 'superset' });

    expect(whole).toEqual({ score: 0, reason: expect.stringMatching(/^turn 2: message 1/) });
  });

  it('takes calls of different turns for no parallel ones', () => {
    const turns = [turn(['look'], call('pay')), turn(['pay'], call('look'))];

    const { whole } = scoreConversation(turns, null, { ...toolsDefaults, parallel: 'free' });

    expect(whole.score).toBe(0.5);
  });
});
