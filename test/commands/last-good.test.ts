import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { says, startAgentServer, throwsError } from '../support/agent-server.ts';
import { type Ended, type Workplace, workplace } from '../support/threadmill.ts';

const count = 30;
const rowOf = (number: number, asked = `say ${number}`) => `q${number},${asked},${number}\n`;
const numbers = (rows = Array.from({ length: count }, (_, at) => rowOf(at + 1))) =>
  `id,prompt,expected\n${rows.join('')}`;

/** What the agent does with the first questions: fails at so many, and knows no answer to so many. */
interface Ill {
  readonly failing?: number;
  readonly wrong?: number;
}

interface Nights extends AsyncDisposable {
  readonly place: Workplace;
  /** Runs a night of this name. */
  night(name: string, ill?: Ill, args?: readonly string[], baseline?: string): Promise<Ended>;
}

async function nights(dataset = numbers()): Promise<Nights> {
  let now: Ill = {};
  const place = await workplace({ 'numbers.csv': dataset });
  const server = await startAgentServer({
    agent: ({ prompt }) => {
      const number = Number(/\d+/.exec(prompt)?.[0]);
      const { failing = 0, wrong = 0 } = now;
      if (number <= failing) return throwsError('ValueError', 'no such order');
      return says(number <= wrong ? 'no idea' : String(number));
    },
  });
  return {
    place,
    night: (name, ill = {}, args = [], baseline = 'rolling(3)') => {
      now = ill;
      return place.command([
        ...['run', 'numbers.csv', '--url', server.url, '--agent', 'agent', '--scorer', 'exact'],
        ...['--repeat', '2', '--out', join('nightly', name), '--baseline', baseline, ...args],
      ]);
    },
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    },
  };
}

const summaryOf = ({ place }: Nights, name: string) => place.batch(join('nightly', name)).summary();

describe('--baseline rolling(n)', () => {
  it('has nothing to compare the first night with, and says so', async () => {
    await using made = await nights();

    const { code, stderr } = await made.night('n1');

    expect(code).toBe(0);
    expect(stderr).toContain('no good batch of this dataset, agent and selection lies in nightly');
    expect(await summaryOf(made, 'n1')).toMatchObject({
      comparison: null,
      drift: { state: 'steady', changed: false, baseline: [], watched: [] },
      verdict: { verdict: 'OK' },
    });
  });

  it('takes the last good ones together, the newest first', async () => {
    await using made = await nights();
    for (const name of ['n1', 'n2', 'n3', 'n4']) await made.night(name);

    const { stderr } = await made.night('n5');

    const { drift, comparison } = await summaryOf(made, 'n5');
    const at = (name: string) => join(made.place.path, 'nightly', name);
    expect(drift?.baseline).toEqual(['n4', 'n3', 'n2'].map(at));
    expect(comparison).toMatchObject({
      pairs: count,
      baseline: { path: `rolling(3) (${join('nightly', 'n4')} and 2 before it)` },
      turns: { baseline: { scored: 6 * count }, candidate: { scored: 2 * count } },
    });
    expect(stderr).toContain(`${count} examples in common`);
    expect(stderr).toMatch(
      /Since the last good ones\n {2}state +steady all along, beside 3 before it\n {2}exact +1\.000 → 1\.000/,
    );
  });

  it('is REGRESSED until it has recovered, and alarms at each change alone', async () => {
    await using made = await nights();
    for (const name of ['n1', 'n2', 'n3']) await made.night(name);

    const codes: (number | null)[] = [];
    for (const [name, wrong] of [
      ['n4', 15],
      ['n5', 15],
      ['n6', 0],
      ['n7', 0],
    ] as const)
      codes.push((await made.night(name, { wrong })).code);

    const ends = await Promise.all(['n4', 'n5', 'n6', 'n7'].map((name) => summaryOf(made, name)));
    const bad = ends.slice(0, 2);
    expect(codes.slice(0, 2)).toEqual([1, 1]);
    expect(bad.map(({ verdict }) => verdict.verdict)).toEqual(['REGRESSED', 'REGRESSED']);
    expect(ends.map(({ drift }) => drift?.changed).filter(Boolean)).toHaveLength(2);
    expect(ends[1]?.drift?.sentence).toMatch(
      /^still worse than the last good ones, since .*exact 1\.000 → 0\.500/,
    );
    expect(ends[1]?.drift?.baseline).toEqual(ends[0]?.drift?.baseline);
    expect(codes.at(-1)).toBe(0);
    expect(ends.at(-1)).toMatchObject({ verdict: { verdict: 'OK' }, drift: { state: 'steady' } });
  });

  it('lets no single night decide', async () => {
    await using made = await nights();
    for (const name of ['n1', 'n2', 'n3']) await made.night(name);

    const { code } = await made.night('n4', { wrong: 3 });

    const { comparison, drift, verdict } = await summaryOf(made, 'n4');
    expect(comparison?.verdict).not.toBe('OK');
    expect(drift?.state).toBe('steady');
    expect({ code, verdict: verdict.verdict }).toEqual({ code: 0, verdict: 'OK' });
  });

  it('takes no batch for good that failed, was not finished, or whose summary is damaged', async () => {
    await using made = await nights();
    await made.night('n1');
    await made.night('n2', {}, ['--gate', 'mean(exact) > 1']);
    await made.night('n3');
    await made.place.batch(join('nightly', 'n3')).damage('summary.json', '{"format":1');

    const { code, stderr } = await made.night('n4');

    const { drift, notes } = await summaryOf(made, 'n4');
    expect(drift?.baseline).toEqual([join(made.place.path, 'nightly', 'n1')]);
    expect(stderr).toContain('Left out of the baseline');
    expect(notes.join()).toContain(`${join('n3', 'summary.json')}: expected the summary of a batch`);
    expect(code).toBe(0);
  });

  it('leaves out, and counts, examples that were asked otherwise', async () => {
    await using made = await nights();
    await made.night('n1');
    const rows = Array.from({ length: count }, (_, at) =>
      rowOf(at + 1, at < 4 ? `tell ${at + 1}` : undefined),
    );
    await made.place.file('numbers.csv', numbers(rows));
    await made.night('n2');

    await made.night('n3');

    const [second, third] = await Promise.all(['n2', 'n3'].map((name) => summaryOf(made, name)));
    expect(second?.comparison).toMatchObject({ pairs: count - 4, inputs_differ: 4 });
    expect(third?.comparison).toMatchObject({ pairs: count, inputs_differ: 0 });
    expect(third?.notes.join()).toContain("4 of the baseline's examples were asked otherwise");
  });

  it.for([
    [
      'other scorers',
      numbers(),
      ['--scorer', 'icontains'],
      ['--scorer', 'icontains:x'],
      'expected the same scorer',
    ],
    ['one example alone', numbers([rowOf(1)]), [], [], 'one example cannot tell a change from chance'],
  ] as const)('begins anew beside %s', async ([, dataset, first, second, why]) => {
    await using made = await nights(dataset);
    await made.night('n1', {}, first);

    const { code, stderr } = await made.night('n2', {}, second);

    const { drift, comparison } = await summaryOf(made, 'n2');
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(why);
    expect(comparison).toBeNull();
    expect(drift).toMatchObject({ state: 'steady', sentence: 'no good batch before it to compare with' });
    expect(code).toBe(0);
  });

  it('judges failing to run beside the scores', async () => {
    await using made = await nights();
    const gate = ['--gate', 'error_rate <= 99%', '--max-errors', 'none'];
    await made.night('n1', {}, gate);

    await made.night('n2', { failing: 10 }, gate);

    const { drift } = await summaryOf(made, 'n2');
    expect(drift?.watched.map(({ scorer, state }) => [scorer, state])).toEqual([
      ['exact', 'steady'],
      [null, 'regressed'],
    ]);
    expect(drift?.sentence).toMatch(/failed to run 0\.0 % → 33\.3 %/);
  });
});

const asked = ['run', 'numbers.csv', '--url', 'http://127.0.0.1:9', '--agent', 'agent', '--baseline'];

describe('--baseline previous', () => {
  it('is the last good one, and makes no file, --baseline-optional or not', async () => {
    await using made = await nights();
    for (const name of ['n1', 'n2', 'n3']) await made.night(name, {}, ['--baseline-optional'], 'previous');

    const { drift } = await summaryOf(made, 'n3');
    expect(drift?.baseline).toEqual([join(made.place.path, 'nightly', 'n2')]);
    expect(await made.place.batch('.').names()).toEqual(['nightly', 'numbers.csv']);
  });

  it('comes to the same when a finished batch is told again', async () => {
    await using made = await nights();
    for (const name of ['n1', 'n2']) await made.night(name);
    await made.night('n3', { wrong: 15 });
    const before = (await summaryOf(made, 'n3')).drift;

    const { code, stdout } = await made.night('n3', { wrong: 15 }, ['--json']);

    const finished = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { drift: unknown };
    expect(code).toBe(1);
    expect(finished.drift).toEqual(before);
  });

  it.for(['rolling(1)', 'rolling(101)', 'rolling(x)', 'rolling(7', 'rolling', 'previous(2)'])(
    'refuses %s',
    async (text) => {
      await using place = await workplace({ 'numbers.csv': numbers() });

      const { code, stderr } = await place.command([...asked, text]);

      expect(code).toBe(2);
      expect(stderr).toContain('expected a batch, a file, previous or rolling(n) with n from 2 to 100');
    },
  );

  it('is no name of a file, unlike ./previous', async () => {
    await using place = await workplace({ 'numbers.csv': numbers(), previous: 'none' });

    const { code, stderr } = await place.command([...asked, './previous', '--dry-run']);

    expect(code).toBe(2);
    expect(stderr).toContain('./previous: expected a batch directory or a baseline file');
  });
});
