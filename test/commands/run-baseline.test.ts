import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { says, startAgentServer } from '../support/agent-server.ts';
import { type Ended, type Workplace, workplace } from '../support/threadmill.ts';

const count = 30;
const numbers = (from = 1, to = count) =>
  `id,prompt,expected\n${Array.from({ length: to - from + 1 }, (_, at) => `q${from + at},say ${from + at},${from + at}\n`).join('')}`;

interface Ran extends Ended {
  /** How many runs the server was asked for. */
  readonly runs: number;
}

/** Runs a dataset by an agent that knows no answer to some. */
async function run(place: Workplace, args: readonly string[], wrong: readonly number[] = []): Promise<Ran> {
  await using server = await startAgentServer({
    agent: ({ prompt }) => {
      const number = Number(/\d+/.exec(prompt)?.[0]);
      return says(wrong.includes(number) ? 'no idea' : String(number));
    },
  });
  const [dataset = '', ...more] = args;
  const asked = ['run', dataset, '--url', server.url, '--agent', 'agent', ...more];
  return { ...(await place.command(asked)), runs: server.counts.runs };
}

describe('a run with a baseline', () => {
  it('is made by the first run, and compared with by the next', async () => {
    await using place = await workplace({ 'numbers.csv': numbers() });
    const told = ['--baseline', 'base.jsonl', '--baseline-optional', '--scorer', 'exact'];

    const first = await run(place, ['numbers.csv', '--out', 'one', ...told]);
    const second = await run(place, ['numbers.csv', '--out', 'two', ...told], [1, 2, 3, 4, 5, 6, 7, 8]);

    expect(first.stderr).toContain('no baseline at base.jsonl yet');
    expect((await place.batch('one').summary()).notes.join()).toContain('base.jsonl was made of it');
    const { comparison } = await place.batch('two').summary();
    expect(comparison).toMatchObject({ verdict: 'REGRESSED', pairs: count });
    expect(comparison?.scorers).toMatchObject([{ name: 'exact', lost: 8, gained: 0 }]);
    expect(second.stderr).toContain('30 examples in common');
  });
});

describe('--stop-when-decided', () => {
  it('asks no more once the rest cannot change the verdict', async () => {
    await using place = await workplace({ 'numbers.csv': numbers(1, 60) });
    const asked = ['numbers.csv', '--scorer', 'exact', '-c', '1'];
    const lost = Array.from({ length: 12 }, (_, at) => at + 1);
    await run(place, [...asked, '--out', 'one']);

    const { runs, stderr } = await run(
      place,
      [...asked, '--out', 'two', '--baseline', 'one', '--stop-when-decided'],
      lost,
    );

    const summary = await place.batch('two').summary();
    expect(runs).toBeLessThan(20);
    expect(summary.stop?.code).toBe('decided');
    expect(summary.comparison).toMatchObject({ verdict: 'REGRESSED', pairs: summary.counts.success });
    expect(stderr.replaceAll('\n', ' ')).toContain('without --stop-when-decided');
  });

  it('asks all where nothing is decided before the end', async () => {
    await using place = await workplace({ 'numbers.csv': numbers() });
    const asked = ['numbers.csv', '--scorer', 'exact'];
    await run(place, [...asked, '--out', 'one']);

    const { runs } = await run(place, [
      ...[...asked, '--out', 'two', '--baseline', 'one', '--stop-when-decided'],
    ]);

    expect(runs).toBe(count);
    expect(await place.batch('two').summary()).toMatchObject({
      stop: null,
      comparison: { verdict: 'INCONCLUSIVE' },
      batch: { state: 'finished' },
    });
  });

  it.for([
    [['--stop-when-decided'], '--stop-when-decided: expected --baseline'],
    [
      ['--baseline', 'b', '--stop-when-decided', '--cluster-by', 'x'],
      'nothing bounds a verdict with --cluster-by',
    ],
    [['--baseline-optional'], '--baseline-optional: expected --baseline'],
    [['--baseline', 'b', '--max-drop', '2'], 'expected a share from 0 to 1'],
  ] as const)('refuses %j', async ([args, problem]) => {
    await using place = await workplace({ 'numbers.csv': numbers() });

    const { code, stderr, runs } = await run(place, ['numbers.csv', ...args]);

    expect({ code, runs }).toEqual({ code: 2, runs: 0 });
    expect(stderr).toContain(problem);
  });
});

describe('a run without a baseline', () => {
  it.for([
    [['--max-drop', '0.05'], 'Warning: --max-drop: nothing is compared'],
    [['--max-drop', '0.05', '--on-inconclusive', 'fail'], 'Warning: --max-drop, --on-inconclusive: nothing'],
    [[], null],
  ] as const)('is told where somebody allows a drop: %j', async ([args, warning]) => {
    await using place = await workplace({ 'numbers.csv': numbers() });

    const { stderr } = await run(place, ['numbers.csv', ...args, '--limit', '1']);

    if (warning === null) expect(stderr).not.toContain('Warning');
    else expect(stderr.replaceAll('\n', ' ')).toContain(warning);
  });
});

describe('a baseline that a run could not be compared with', () => {
  let place: Workplace;

  beforeAll(async () => {
    place = await workplace({ 'numbers.csv': numbers() });
    await run(place, ['numbers.csv', '--out', 'one', '--scorer', 'exact', '--report', 'baseline=base.jsonl']);
    const base = await readFile(join(place.path, 'base.jsonl'), 'utf8');
    const lines = base.split('\n');
    const [header = '', first = ''] = lines;
    const made: Readonly<Record<string, string>> = {
      'others.jsonl': base.replaceAll('"id":"q', '"id":"x'),
      'asked.jsonl': base.replaceAll(/"input":"..../g, '"input":"0000'),
      'scored.jsonl': base.replaceAll('"exact"', '"numeric"'),
      'spec.jsonl': base.replace('"exact":"exact"', '"exact":"exact:5"'),
      'one.jsonl': `${header.replace('"lines":30', '"lines":1')}\n${first}\n`,
      'newer.jsonl': base.replace('"threadmill_baseline":1', '"threadmill_baseline":9'),
      'cut.jsonl': `${lines.slice(0, 15).join('\n')}\n{"id":"q15","inp`,
      'conflict.jsonl': lines.toSpliced(2, 0, '<<<<<<< HEAD').join('\n'),
      'twice.jsonl': lines.toSpliced(2, 0, first).join('\n'),
      'two.jsonl': base.replace('"exact":[1]', '"exact":[2]'),
    };
    for (const [name, text] of Object.entries(made)) await place.file(name, text);
  });

  afterAll(() => place[Symbol.asyncDispose]());

  it.for([
    ['is not there', 'none.jsonl', 'there is none at none.jsonl; --baseline-optional makes it'],
    ['is none', 'numbers.csv', 'numbers.csv: expected a batch directory or a baseline file'],
    ['has no common id', 'others.jsonl', 'no id is in both: it has 30 examples ("x1", "x2", "x3", …)'],
    ['is of another dataset', 'asked.jsonl', 'all 30 common ids ask something else'],
    [
      'has other scorers',
      'scored.jsonl',
      'scored.jsonl has scores of numeric; numbers.csv has scores of exact',
    ],
    ['has another argument', 'spec.jsonl', 'spec.jsonl was scored by exact:5, numbers.csv by exact'],
    ['has one example', 'one.jsonl', 'saw one, "q1"'],
    ['has a newer format', 'newer.jsonl', 'has format 9, made by a newer threadmill'],
    ['was cut off', 'cut.jsonl', 'expected 30 lines after the first, as that says, saw 14: it was cut off'],
    [
      'has a conflict left by git',
      'conflict.jsonl',
      'conflict.jsonl:3: expected JSON of one turn, saw <<<<<<<',
    ],
    ['has an example twice', 'twice.jsonl', 'twice.jsonl:3: "q1" is there already, in line 2'],
    ['has a score of 2', 'two.jsonl', 'two.jsonl:2: expected scores of exact from 0 to 1'],
  ] as const)('%s: is refused before anything is sent', async ([, name, problem]) => {
    const { code, stderr, runs } = await run(place, [
      ...['numbers.csv', '--out', 'two', '--scorer', 'exact', '--baseline', name],
    ]);

    expect(stderr).toContain(problem);
    expect({ code, runs }).toEqual({ code: 2, runs: 0 });
  });
});

describe('report --format baseline', () => {
  it('is the same for the same answers, but for its first line and the times', async () => {
    await using place = await workplace({ 'numbers.csv': numbers() });
    await run(place, ['numbers.csv', '--out', 'one', '--scorer', 'exact', '-c', '7'], [4]);
    await run(place, ['numbers.csv', '--out', 'two', '--scorer', 'exact', '-c', '2'], [4]);

    const [one, two] = await Promise.all(
      ['one', 'two'].map(async (name) => {
        const { stdout } = await place.command(['report', name, '--format', 'baseline']);
        return stdout.replaceAll(/"latency_ms":\[[^\]]*\]/g, '"latency_ms":[]').split('\n');
      }),
    );

    expect(one?.slice(1)).toEqual(two?.slice(1));
    expect(one?.[4]).toMatch(
      /^\{"id":"q4","input":"[0-9a-f]{16}","scores":\{"exact":\[0\]\},"latency_ms":\[\],"tokens":\[null\]\}$/,
    );
  });

  it('holds no texts unless they are asked for, and then comparisons show them', async () => {
    await using place = await workplace({ 'numbers.csv': numbers() });
    await run(place, ['numbers.csv', '--out', 'one', '--scorer', 'exact'], [4]);
    await run(place, ['numbers.csv', '--out', 'two', '--scorer', 'exact'], [5]);
    const plain = await place.command(['report', 'one', '--format', 'baseline']);
    const full = await place.command(['report', 'one', '--format', 'baseline', '--texts']);
    await place.file('plain.jsonl', plain.stdout);
    await place.file('full.jsonl', full.stdout);

    const [without, having] = await Promise.all(
      ['plain.jsonl', 'full.jsonl'].map(async (name) => {
        const { stdout } = await place.command(['compare', name, 'two', '--format', 'json']);
        return (JSON.parse(stdout) as { flips: unknown[] }).flips;
      }),
    );

    expect(plain.stdout).not.toContain('no idea');
    const flip = { id: 'q5', input: 'say 5', candidate_response: 'no idea' };
    expect(without?.[0]).toMatchObject({ ...flip, baseline_response: null });
    expect(having?.[0]).toMatchObject({ ...flip, baseline_response: '5' });
  });
});
