import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Scorer } from '../../src/contracts.ts';
import { createScorers } from '../../src/scorers/index.ts';
import { nameOfFile, namesFile } from '../../src/scorers/own/file-name.ts';
import { scoreGiven } from '../../src/scorers/own/given.ts';
import { ownScorer } from '../../src/scorers/own/own.ts';
import type { Patience } from '../../src/scorers/own/runner.ts';
import { scoreSafely } from '../../src/scorers/safely.ts';
import { mostTimeouts } from '../../src/time-limit.ts';
import { scorerContract } from '../contracts/scorer.ts';
import { madeRecord } from '../reports/made-records.ts';
import { workplace } from '../support/threadmill.ts';

const price = null;
const limits = { answerMs: 30_000, blockedMs: 30_000, loadMs: 60_000, idleMs: 1_000 };
const scored = (scorer: Scorer, response: string) => scoreSafely(scorer, madeRecord({ response }));
async function own(code: string, patience = limits) {
  const place = await workplace({ 'mine.mjs': code });
  return {
    place,
    scorer: await ownScorer('mine.mjs', place.path, patience),
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
}

describe('a text that names a scorer', () => {
  it.each<[string, boolean]>([
    ['./mine.ts', true],
    ['../a/b.mjs', true],
    ['/a/b.js', true],
    ['C:\\a\\b.cjs', true],
    ['mine.mts', true],
    ['regex:./a.js', false],
    ['regex:a.js', false],
    ['exact', false],
  ])('%s: is it a file? %s', (text, isFile) => {
    expect(namesFile(text)).toBe(isFile);
  });

  it.each([
    ['./my-scorer.ts', 'my-scorer'],
    ['/a/b c.mjs', 'b-c'],
    ['2.js', 'file'],
    ['C:\\x\\y.js', 'y'],
  ])('%s gives its scores the name %s', (path, name) => {
    expect(nameOfFile(path)).toBe(name);
  });
});

describe('what a scorer of the user gives', () => {
  it.each<[unknown, number | null]>([
    [true, 1],
    [false, 0],
    [0.25, 0.25],
    [null, null],
    [{ value: true }, 1],
    [{ value: 0.5, reason: 'half' }, 0.5],
    [undefined, null],
    [Number.NaN, null],
    [2, null],
    ['1', null],
    [{ value: '1' }, null],
    [{}, null],
  ])('%j is %j, with a reason unless it is 1', (given, value) => {
    const score = scoreGiven(given);

    expect(score.value).toBe(value);
    if (value !== 1) expect(score.reason).toMatch(/./);
  });
});

describe('a scorer in a file of its own', async () => {
  const { scorer } = await own('export default ({ response, expected }) => response === expected;');
  scorerContract(() => scorer);
});

describe('a scorer file', () => {
  it('is found from where the command stands, under its name or another', async () => {
    await using place = await workplace({
      'in/mine.js': 'export default () => 0.5;',
      'package.json': '{"type":"module"}',
    });

    const made = await createScorers(['in/mine.js', 'file:./in/mine.js,as=other'], {
      price,
      cwd: place.path,
    });

    expect(made.map(({ name }) => name)).toEqual(['mine', 'other']);
    for (const { scorer } of made) expect((await scored(scorer, '')).value).toBe(0.5);
  });

  it('may be an object, and may need an expectation', async () => {
    await using mine = await own(
      'export default { needsExpected: true, one: 1, score() { return this.one; } };',
    );

    expect((await scored(mine.scorer, '')).reason).toBe('the example expects nothing');
    expect(await scoreSafely(mine.scorer, madeRecord({ expected: 'x' }))).toEqual({ value: 1, reason: null });
  });

  it.each<[string, RegExp]>([
    [
      'export default () => { throw new Error("my bug"); };',
      /^the scorer failed: Error: my bug\n\s+at .*mine\.mjs:1:/,
    ],
    ['export default async () => { null.x; };', /^the scorer failed: TypeError: .*\n\s+at .*mine\.mjs/],
    ['export default () => { throw "text"; };', /^the scorer failed: 'text'/],
    ['export default () => NaN;', /saw NaN/],
    ['export default () => 2;', /saw 2/],
    ['export default () => {};', /saw undefined/],
    ['export default () => ({ value: Promise.resolve(1) });', /the scorer failed: DataCloneError/],
    ['export default () => process.exit(0);', /failed outside of its answer: it ended its thread/],
    [
      'export default () => new Promise(() => setTimeout(() => { throw new Error("late"); }));',
      /failed outside of its answer: Error: late/,
    ],
  ])('%s is not scored, with the reason', async (code, reason) => {
    await using mine = await own(code);

    const score = await scored(mine.scorer, '');

    expect(score.value).toBeNull();
    expect(score.reason).toMatch(reason);
  });

  it.each<[string, Patience, RegExp]>([
    ['() => new Promise(() => {})', { ...limits, answerMs: 300 }, /no answer within 0\.3 s/],
    ['() => { for (;;); }', { ...limits, blockedMs: 300 }, /did not come back within 0\.3 s/],
    [
      'async () => { await null; for (;;); }',
      { ...limits, blockedMs: 300 },
      /did not come back within 0\.3 s/,
    ],
  ])('%s is waited for, and not scored', async (code, patience, reason) => {
    await using mine = await own(`export default ${code};`, patience);

    expect((await scored(mine.scorer, '')).reason).toMatch(reason);
  });

  it('that hangs on one answer scores the others', async () => {
    await using mine = await own(
      'export default ({ response }) => { while (response === "hang"); return true; };',
      { ...limits, blockedMs: 300 },
    );

    const scores = await Promise.all(
      ['a', 'hang', 'b', 'c'].map((response) => scored(mine.scorer, response)),
    );

    expect(scores.map(({ value }) => value)).toEqual([1, null, 1, 1]);
  });

  it('that always ends its thread is asked no more after a while', async () => {
    await using mine = await own('export default () => process.exit(1);');

    const scores = await Promise.all(Array.from({ length: mostTimeouts + 2 }, () => scored(mine.scorer, '')));

    expect(scores.every(({ value }) => value === null)).toBe(true);
    expect((await scored(mine.scorer, '')).reason).toMatch(/asked no more/);
  });

  it.each<[string, string, RegExp]>([
    ['none.mjs', '', /found none at "none\.mjs"/],
    ['mine.txt', '1', /expected a JavaScript or TypeScript file, got "mine\.txt"/],
    ['mine.mjs', 'export const score = 1;', /expected a default export.*saw no default export/],
    ['mine.mjs', 'export default { scores: 1 };', /expected a default export/],
    ['mine.mjs', 'export default (', /SyntaxError/],
    ['mine.mjs', 'throw new Error("top");', /Error: top\n\s+at .*mine\.mjs/],
    ['mine.mjs', 'import "./gone.mjs";', /Cannot find module/],
    ['mine.mjs', 'process.exit(3);', /ended its thread/],
    ['mine.mjs', 'for (;;);', /did not come back/],
  ])('%s with %s is refused', async (name, code, told) => {
    const loadMs = code.startsWith('for') ? 300 : limits.loadMs;
    await using place = await workplace(code === '' ? {} : { [name]: code });

    await expect(ownScorer(name, place.path, { ...limits, loadMs })).rejects.toThrow(told);
  });
});

describe('a scorer in TypeScript', () => {
  const code = [
    'interface Score {',
    '  value: number;',
    '}',
    'import { half } from "./half.ts";',
    'export default (record: { response: string }): Score => {',
    '  if (record.response === "bug") throw new Error("my bug");',
    '  return { value: half };',
    '};',
  ].join('\n');
  const files = {
    'mine.ts': code,
    'half.ts': 'export const half: number = 0.5;',
    'package.json': '{"type":"module"}',
  };
  const isRead = Boolean((process.features as { typescript?: unknown }).typescript);

  it.each(['typescript', 'esbuild'])(
    'is read where %s is installed, with its own lines in stacks',
    async (name) => {
      await using place = await workplace({ ...files, 'node_modules/.keep': '' });
      await symlink(join(process.cwd(), 'node_modules', name), join(place.path, 'node_modules', name));

      const scorer = await ownScorer('./mine.ts', place.path, limits);

      expect(await scored(scorer, 'a')).toEqual({ value: 0.5, reason: 'the scorer gave 0.5' });
      expect((await scored(scorer, 'bug')).reason).toMatch(/my bug\n\s+at .*mine\.ts:6:/);
    },
  );

  it.skipIf(isRead)('is refused with what to do where nothing reads it', async () => {
    await using place = await workplace(files);

    await expect(ownScorer('./mine.ts', place.path, limits)).rejects.toThrow(
      /expected a Node that reads TypeScript \(22\.18 or newer\), or the package typescript or esbuild/,
    );
  });
});
