import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { parseToolsArgument } from '../../src/scorers/tools-argument.ts';
import { type ToolsOptions, toolsDefaults } from '../../src/scorers/trajectory/score.ts';
import type { ExpectedTool, ExpectedTools, JobRecord } from '../../src/types.ts';
import { madeRecord } from '../reports/made-records.ts';
import { madeScorer } from './made-score.ts';

const called = (...names: string[]): Partial<JobRecord> => ({
  messages: [{ type: 'ai', content: '', tool_calls: names.map((name) => ({ name, args: {}, id: null })) }],
});
const made = (expected: ExpectedTools | null, fields: Partial<JobRecord>): JobRecord =>
  madeRecord(expected === null ? fields : { ...fields, expected_tools: expected });

describe('what stands behind tools:', () => {
  it.each<[string | null, Partial<ToolsOptions>, isWhole: boolean]>([
    [null, {}, false],
    ['strict', {}, false],
    ['subset,args=ignored', { mode: 'subset', args: 'ignored' }, false],
    ['args=subset, unordered', { mode: 'unordered', args: 'subset' }, false],
    ['forbid=delete_*|drop,max=5', { forbidden: ['delete_*', 'drop'], mostCalls: 5 }, false],
    ['no-repeat,parallel=free', { isRepeatForbidden: true, parallel: 'free' }, false],
    ['failed=left-out,ignore=transfer_*', { failed: 'left-out', ignored: ['transfer_*'] }, false],
    ['max=0,whole', { mostCalls: 0 }, true],
  ])('%j is read', (argument, options, isWhole) => {
    expect(parseToolsArgument(argument)).toEqual({ options: { ...toolsDefaults, ...options }, isWhole });
  });

  it.each<[string, RegExp]>([
    ['', /expected one of strict, unordered.*got ""/],
    ['strikt', /expected perhaps strict, got "strikt"/],
    ['strict,subset', /got "subset" beside another/],
    ['args=some', /expected args=exact\|subset\|ignored, got "args=some"/],
    ['args', /expected args=exact\|subset\|ignored, got "args"/],
    ['forbid=', /expected forbid=tool\|tool\*, got "forbid="/],
    ['forbid=a,forbid=b', /expected forbid once, got "forbid=b" too/],
    ['max=-1', /expected max=n, got "max=-1"/],
    ['strict=1', /expected strict, got "strict=1"/],
    ['toString', /got "toString"/],
  ])('%j is refused', (argument, told) => {
    expect(() => parseToolsArgument(argument)).toThrow(ConfigError);
    expect(() => parseToolsArgument(argument)).toThrow(told);
  });
});

describe('tools', () => {
  it.each<[string, readonly ExpectedTool[] | null, string[], number | null]>([
    ['tools', ['find', 'pay'], ['find', 'pay'], 1],
    ['tools', ['find', 'pay'], ['pay', 'find'], 0.5],
    ['tools:unordered', ['find', 'pay'], ['pay', 'find'], 1],
    ['tools:superset', ['pay'], ['find', 'pay'], 1],
    ['tools:subset', ['pay'], ['find'], 0],
    ['tools:subsequence', ['pay'], ['find', 'pay'], 1],
    ['tools', [], ['find'], 0],
    ['tools', null, ['find'], null],
    ['tools:forbid=del*', null, ['delete'], 0],
    ['tools:max=2', null, ['a', 'b'], 1],
    ['tools:no-repeat', null, ['a', 'a'], 0],
  ])('%s of %j, where %j were called', async (text, expected, names, value) => {
    const score = await madeScorer(text).score(made(expected, called(...names)));

    expect(score.value).toBe(value);
    if (value !== 1) expect(score.reason).toMatch(/./);
  });

  it('tells an expectation that cannot be read, and does not score by it', async () => {
    const expected: ExpectedTool[] = [{ name: 'pay', args: { sum: { $regex: '(' } } }];
    const scorer = madeScorer('tools');

    const fault = scorer.fault?.({ expected: null, expectedTools: expected, metadata: {} });

    expect(fault).toMatch(/expected_tools\[0\]\.args\.sum: \$regex: expected a regular expression/);
    expect((await scorer.score(made(expected, called('pay')))).value).toBeNull();
  });
});

describe('tools of a conversation', () => {
  const turn = (at: number, expected: ExpectedTools | null, ...names: string[]) =>
    made(expected, { ...called(...names), turn: at });
  const talk = (isOneRow: boolean, isLast: boolean, ...before: JobRecord[]) => ({
    isOneRow,
    isLast,
    earlier: async () => before,
  });

  it('in several rows is scored by turn', async () => {
    const before = turn(1, ['find'], 'find', 'pay');

    const score = await madeScorer('tools').score(turn(2, ['pay']), talk(false, true, before));

    expect(score.value).toBe(0);
  });

  it('in several rows is scored whole where that is asked: a call one turn early is there', async () => {
    const before = turn(1, ['find'], 'find', 'pay');
    const scorer = madeScorer('tools:strict,whole');

    expect((await scorer.score(before, talk(false, false))).reason).toContain('stands with its last turn');
    expect((await scorer.score(turn(2, ['pay']), talk(false, true, before))).value).toBe(1);
    expect((await scorer.score(turn(2, null), talk(false, true, before))).value).toBeNull();
  });

  it('in one row is scored whole where its tools are told in one list', async () => {
    const expected = ['find', 'pay'];
    const scorer = madeScorer('tools');
    const first = turn(1, expected, 'find');

    expect((await scorer.score(first, talk(true, false))).value).toBeNull();
    expect((await scorer.score(turn(2, expected, 'pay'), talk(true, true, first))).value).toBe(1);
    expect((await scorer.score(turn(2, expected), talk(true, true, first))).value).toBe(0.5);
  });

  it('in one row is scored by turn where its tools are: a right call in the wrong turn does not pass', async () => {
    const expected = [['find'], null, ['pay'], []];
    const scorer = madeScorer('tools');
    const [first, second, third, fourth] = [
      turn(1, expected, 'find', 'pay'),
      turn(2, expected, 'find'),
      turn(3, expected, 'pay'),
      turn(4, expected, 'pay'),
    ];

    const scores = await Promise.all([
      scorer.score(first, talk(true, false)),
      scorer.score(second, talk(true, false, first)),
      scorer.score(third, talk(true, false, first, second)),
      scorer.score(fourth, talk(true, true, first, second, third)),
    ]);

    expect(scores.map(({ value }) => value)).toEqual([0.5, null, 1, 0]);
  });

  it('in one row, told by turn, is scored whole where that is asked', async () => {
    const expected = [['find'], ['pay']];
    const first = turn(1, expected, 'find', 'pay');
    const last = turn(2, expected);

    const score = await madeScorer('tools:strict,whole').score(last, talk(true, true, first));

    expect(score.value).toBe(1);
  });

  it('names the turn whose expectation cannot be read', () => {
    const expected = [['find'], [{ name: 'pay', args: { sum: { $regex: '(' } } }]];

    const fault = madeScorer('tools').fault?.({ expected: null, expectedTools: expected, metadata: {} });

    expect(fault).toMatch(/^expected_tools\[1\]\[0\]\.args\.sum: /);
  });
});
