import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderJunit } from '../../src/reports/junit.ts';
import type { Summary } from '../../src/summary-types.ts';
import type { JobRecord } from '../../src/types.ts';
import { madeReport, reportText } from '../contracts/report.ts';
import { casesOf, type Element, faultsOfJunit, readXml } from './junit-reader.ts';
import { madeRecord, madeTrouble } from './made-records.ts';
import {
  hostileText,
  inTurn,
  madeComparison,
  madeDrift,
  madeGate,
  madeSummary,
  madeTurns,
  tame,
} from './made-summary.ts';

const junit = async (summary: Summary, records: readonly JobRecord[]) =>
  readXml(await reportText('junit', summary, records));
const junitOf = (records: readonly JobRecord[]) => junit(madeSummary(records, tame), records);

const outcomeOf = ({ children: [child] }: Element) => child?.tag ?? 'passed';
const caseNamed = (root: Element, name: string) => {
  const found = casesOf(root).find(({ attributes }) => attributes['name'] === name);
  if (found === undefined) throw new Error(`no case ${name}`);
  return found;
};
const insideOf = (root: Element, name: string) => caseNamed(root, name).children[0];

describe('the JUnit report', () => {
  it('keeps to the schema, and its totals add up', async () => {
    const records = madeTurns(tame);

    const root = await junitOf(records);

    expect(faultsOfJunit(root)).toEqual([]);
    expect(root.children.map(({ attributes: { name, tests } }) => [name, tests])).toEqual([
      ['tame', '6'],
      ['gates', '6'],
    ]);
    expect(root.attributes).toMatchObject({ tests: '12', failures: '4', errors: '1', time: '3.248' });
  });

  it('keeps to it whatever strangers wrote', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileText, { minLength: 1, maxLength: 40 }), async (texts) => {
        const root = readXml(await madeReport('junit', inTurn(texts)));

        expect(faultsOfJunit(root)).toEqual([]);
        expect(casesOf(root)).toHaveLength(12);
      }),
      { numRuns: 40 },
    );
  });

  it('tells a low score by scorer, value and reason, in the body too', async () => {
    const scores = {
      exact: { value: 0, reason: 'expected "5" & saw <4>' },
      near: { value: 0.999_9, reason: null },
      fine: { value: 1, reason: null },
    };

    const root = await junitOf([madeRecord({ id: 'sum', expected: '5', scores })]);

    const failure = insideOf(root, 'sum');
    expect(failure?.tag).toBe('failure');
    expect(failure?.attributes).toEqual({ type: 'exact', message: 'exact: 0: expected "5" & saw <4>' });
    expect(failure?.text).toBe(
      'exact: 0: expected "5" & saw <4>\nnear: 0.9999\n\nasked: What is 2 + 2?\nexpected: 5\nanswered: 4',
    );
  });

  it('tells what failed to run by code, kind and message, and what to do', async () => {
    const root = await junitOf([madeTrouble('error', 'down')]);

    const error = insideOf(root, 'down');
    expect(error?.tag).toBe('error');
    expect(error?.attributes['type']).toBe('HTTP_503');
    expect(error?.text).toContain('HTTP_503 (http): The server answered 503: upstream connect error.');
    expect(error?.text).toContain('→ See that the server is well');
  });

  it.for([
    ['a success without scorers', madeRecord({ id: 'x' }), 'passed'],
    [
      'a success with one score of several',
      madeRecord({ id: 'x', scores: { a: { value: 1, reason: null }, b: { value: null, reason: 'none' } } }),
      'passed',
    ],
    [
      'a success that no scorer could judge',
      madeRecord({ id: 'x', scores: { a: { value: null, reason: 'none' } } }),
      'skipped',
    ],
    [
      'a low score among not scored ones',
      madeRecord({
        id: 'x',
        scores: { a: { value: null, reason: 'none' }, b: { value: 0.99, reason: 'nearly' } },
      }),
      'failure',
    ],
    ['what was skipped', madeTrouble('skipped', 'x'), 'skipped'],
    ['what waits for a person', madeTrouble('interrupted', 'x'), 'skipped'],
    [
      'a wait that was expected',
      { ...madeTrouble('interrupted', 'x'), scores: { asks: { value: 1, reason: null } } },
      'passed',
    ],
    [
      'a wait that was not expected',
      { ...madeTrouble('interrupted', 'x'), scores: { asks: { value: 0, reason: 'asked' } } },
      'failure',
    ],
    [
      'an error, though a scorer scored it',
      { ...madeTrouble('error', 'x'), scores: { a: { value: 1, reason: null } } },
      'error',
    ],
    ['an error without a reason', madeRecord({ id: 'x', outcome: 'error', failure: null }), 'error'],
  ] as const)('takes %s for %s', async ([, record, outcome]) => {
    const root = await junitOf([record]);

    expect(outcomeOf(caseNamed(root, 'x'))).toBe(outcome);
    expect(faultsOfJunit(root)).toEqual([]);
  });

  it('names trials and turns where there are several, and each case differently', async () => {
    const long = 'x'.repeat(1_000);
    const turns = [
      madeRecord({ id: 'a', trial: 1 }),
      madeRecord({ id: 'a', trial: 2 }),
      madeRecord({ id: 'talk', turn: 1 }),
      madeRecord({ id: 'talk', turn: 2 }),
      madeRecord({ id: `${long}1` }),
      madeRecord({ id: `${long}2` }),
    ];

    const root = await junitOf(turns);

    const names = casesOf(root.children[0] as Element).map(({ attributes }) => attributes['name'] ?? '');
    expect(names.slice(0, 4)).toEqual([
      'a · trial 1',
      'a · trial 2',
      'talk · trial 1 · turn 1',
      'talk · trial 1 · turn 2',
    ]);
    expect(new Set(names).size).toBe(6);
    expect(Math.max(...names.map(({ length }) => length))).toBeLessThan(250);
  });

  it.for([
    ['datasets/support.csv', 'support'],
    ['C:\\data\\support.v2.jsonl.gz', 'support.v2'],
    ['-', 'stdin'],
  ])('calls suite and class of %s %s', async ([dataset = '', name]) => {
    const records = [madeRecord({ id: 'a' })];
    const summary = madeSummary(records, tame);

    const root = await junit({ ...summary, batch: { ...summary.batch, dataset } }, records);

    expect(root.children[0]?.attributes['name']).toBe(name);
    expect(caseNamed(root, 'a').attributes).toEqual({ classname: name, name: 'a', time: '0.812' });
  });

  it('has the verdict, each gate and the comparison as cases', async () => {
    const records = [madeRecord()];
    const inconclusive = madeComparison(tame, { verdict: 'INCONCLUSIVE', sentence: 'too few examples' });
    const summary: Summary = {
      ...madeSummary(records, tame),
      verdict: { verdict: 'INCONCLUSIVE', exit_code: 3, sentence: 'not finished' },
      stop: { code: 'try_later', message: 'the disk is full' },
      gates: [madeGate(true, tame), { ...madeGate(false, tame), sentence: '0.8 is below 0.9' }],
      comparison: inconclusive,
      drift: null,
    };

    const root = await junit(summary, records);

    const gates = root.children[1]?.children ?? [];
    expect(gates.map((each) => [each.attributes['name'], outcomeOf(each)])).toEqual([
      ['verdict', 'error'],
      ['gate true tame', 'passed'],
      ['gate false tame', 'failure'],
      ['comparison', 'skipped'],
      ['comparison of tame', 'failure'],
    ]);
    expect(insideOf(root, 'verdict')?.text).toBe('INCONCLUSIVE: not finished\nthe disk is full');
    expect(insideOf(root, 'gate false tame')?.text).toBe('0.8 is below 0.9');
    expect(insideOf(root, 'comparison')?.text).toContain('too few examples');
    expect(insideOf(root, 'comparison of tame')?.text).toContain('tame: 1 → 0');
  });

  it('takes what holds since the last good ones for a case, beside which a comparison decides nothing', async () => {
    const summary = {
      ...madeSummary([], tame),
      gates: [],
      drift: madeDrift(tame, { sentence: 'exact fell' }),
    };

    const [steady, regressed] = await Promise.all([
      junit({ ...summary, drift: { ...summary.drift, state: 'steady' } }, []),
      junit(summary, []),
    ]);

    expect(steady.children[1]?.children.map(outcomeOf).slice(1)).toEqual(['passed', 'skipped', 'skipped']);
    expect(regressed.children[1]?.children.map(outcomeOf).slice(1)).toEqual([
      'failure',
      'skipped',
      'skipped',
    ]);
    expect(insideOf(regressed, 'drift')?.text).toContain('exact fell');
  });

  it('passes the verdict of a batch that is as it should be', async () => {
    const records = [madeRecord()];
    const summary: Summary = {
      ...madeSummary(records, tame),
      verdict: { verdict: 'OK', exit_code: 0, sentence: 'all well' },
      gates: [],
      comparison: null,
      drift: null,
    };

    const root = await junit(summary, records);

    expect(root.children[1]?.children.map(outcomeOf)).toEqual(['passed']);
  });

  it('writes out what XML forbids, and keeps the rest', async () => {
    const reason = 'a\u0000b\u001b[31m\ufffe\ud800 \r\n\ttab ]]> <x> & é 💩 \u{1fffe}';

    const root = await junitOf([madeRecord({ id: 'x', scores: { s: { value: 0, reason } } })]);

    const told = 's: 0: a\\x00b\\x1b[31m\\ufffe\\ud800 \n\ttab ]]> <x> & é 💩 \u{1fffe}';
    expect(insideOf(root, 'x')?.text).toContain(told);
    expect(insideOf(root, 'x')?.attributes['message']).toBe(told);
  });

  it('tells each turn before it reads the next', async () => {
    let read = 0;
    const records = async function* () {
      read = 0;
      for (let at = 0; at < 100; at += 1) {
        read += 1;
        yield madeRecord({ id: `r${at}` });
      }
    };
    const ahead: number[] = [];

    let told = 0;
    for await (const piece of renderJunit(madeSummary([], tame), records)) {
      if (!piece.includes('name="r')) continue;
      told += 1;
      ahead.push(read - told);
    }

    expect(ahead).toEqual(Array.from({ length: 100 }, () => 0));
  });
});
