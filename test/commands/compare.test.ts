import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../src/comparison-types.ts';
import { type Reply, says } from '../support/agent-replies.ts';
import { startAgentServer } from '../support/agent-server.ts';
import { type Workplace, workplace } from '../support/threadmill.ts';

const count = 40;
/** Asks for its own number, of which every fifth is of another tenant. */
const numbers = (from = 1, to = count) =>
  `id,prompt,expected,tenant\n${Array.from({ length: to - from + 1 }, (_, at) => `q${from + at},say ${from + at},${from + at},${(from + at) % 5 === 0 ? 'b' : 'a'}\n`).join('')}`;

/** An agent that gives another answer to some. */
const answering = (others: Readonly<Record<number, Reply>> = {}) => ({
  agent: ({ prompt }: { prompt: string }) => {
    const number = Number(/\d+/.exec(prompt)?.[0]);
    return others[number] ?? says(String(number), { usage: { input: 10, output: 2 } });
  },
});

const wrong = (...which: number[]) => Object.fromEntries(which.map((number) => [number, says('no idea')]));

/** Runs a dataset into a directory, by an agent of its own. */
async function batch(
  place: Workplace,
  out: string,
  others: Readonly<Record<number, Reply>> = {},
  more: readonly string[] = [],
): Promise<void> {
  await using server = await startAgentServer(answering(others));
  await place.command([
    ...['run', 'numbers.csv', '--url', server.url, '--agent', 'agent', '--out', out],
    ...['--scorer', 'exact', ...more],
  ]);
}

const compared = async (place: Workplace, args: readonly string[]): Promise<Comparison> => {
  const { stdout } = await place.command(['compare', ...args, '--format', 'json']);
  return JSON.parse(stdout) as Comparison;
};

describe('compare', () => {
  it('finds a regression, and shows what was asked and answered', async () => {
    await using place = await workplace({ 'numbers.csv': numbers() });
    await batch(place, 'before', wrong(3));
    await batch(place, 'after', wrong(4, 5, 6, 7, 8, 9, 10, 11));

    const { code, stdout } = await place.command(['compare', 'before', 'after']);
    const { flips, scorers, ...all } = await compared(place, ['before', 'after']);

    expect(code).toBe(1);
    expect(stdout).toContain('REGRESSED: exact: mean 0.975 → 0.800');
    expect(all).toMatchObject({ verdict: 'REGRESSED', pairs: count, inputs_differ: 0 });
    expect(scorers).toMatchObject([{ name: 'exact', lost: 8, gained: 1, examples: count }]);
    expect(flips.map(({ id }) => id)).toEqual(['q4', 'q5', 'q6', 'q7', 'q8', 'q9', 'q10', 'q11', 'q3']);
    expect(flips[0]).toEqual({
      id: 'q4',
      scorer: 'exact',
      baseline: 1,
      candidate: 0,
      input: 'say 4',
      expected: '4',
      baseline_response: '4',
      candidate_response: 'no idea',
      reason: expect.stringContaining('no idea'),
      after_retry: false,
    });
  });

  it('tells groups, latency, tokens and cost', async () => {
    await using place = await workplace({ 'numbers.csv': numbers() });
    await batch(place, 'before');
    await batch(place, 'after', wrong(5, 10));

    const { verdict, groups, ratios, turns } = await compared(place, [
      ...['before', 'after', '--group-by', 'tenant', '--price', 'in=3,out=15'],
    ]);

    expect(verdict).toBe('INCONCLUSIVE');
    expect(groups).toEqual([
      { value: 'a', scorer: 'exact', examples: 32, baseline: 1, candidate: 1 },
      { value: 'b', scorer: 'exact', examples: 8, baseline: 1, candidate: 0.75 },
    ]);
    expect(ratios.map(({ name, examples }) => [name, examples])).toEqual([
      ['latency_ms', 40],
      ['total_tokens', 38],
      ['cost', 38],
    ]);
    expect(turns.candidate).toEqual({ scored: 40, not_scored: 0, failed: 0, interrupted: 0, skipped: 0 });
  });

  it('takes rows of one thread for one example, and leaves out what asks something else', async () => {
    const talks = (last: string) =>
      `id,thread,prompt,expected\na1,a,say 1,1\nb1,b,say 2,2\na2,a,say 3,3\nb2,b,say 4,4\nc1,c,${last},6\n`;
    await using place = await workplace({ 'numbers.csv': talks('say 5') });
    await batch(place, 'before', {}, ['--repeat', '2']);
    await place.file('numbers.csv', talks('say 6'));
    await batch(place, 'after', wrong(3));

    const { pairs, inputs_differ, scorers, flips, notes } = await compared(place, ['before', 'after']);

    expect({ pairs, inputs_differ }).toEqual({ pairs: 2, inputs_differ: 1 });
    expect(scorers).toMatchObject([{ baseline: 1, candidate: 0.75 }]);
    expect(flips).toMatchObject([{ id: 'a1', baseline: 1, candidate: 0.5, input: 'say 3' }]);
    expect(notes).toEqual(['1 of the common ids ask something else (such as "c1"): left out']);
  });

  it('exits by --on-inconclusive, and says so where it passes', async () => {
    await using place = await workplace({ 'numbers.csv': numbers(1, 5) });
    await batch(place, 'before');

    const passed = await place.command(['compare', 'before', 'before']);
    const failed = await place.command(['compare', 'before', 'before', '--on-inconclusive', 'fail']);

    expect(passed).toMatchObject({ code: 0, stderr: expect.stringContaining('INCONCLUSIVE passes') });
    expect(failed).toMatchObject({ code: 1, stderr: '' });
    expect(failed.stdout.replaceAll('\n', ' ')).toContain(
      'fewer than 20 examples are too few to rule it out',
    );
  });

  it.for([
    [['compare', 'before'], 'compare: expected a second one, the candidate'],
    [['compare', 'before', 'none'], 'none: expected a batch directory or a baseline file, there is none'],
    [['compare', 'before', 'numbers.csv'], 'numbers.csv: expected a batch directory or a baseline file'],
    [['compare', 'before', '.'], '.: expected a batch directory, found no batch.json in it'],
    [['compare', 'before', 'before/results.jsonl'], 'saw a file in one: name before'],
    [['compare', 'before', 'before', 'before'], '"before" is one argument too many'],
    [['compare', 'before', 'before', '--max-drop', '3'], 'expected a share from 0 to 1'],
  ] as const)('refuses %j', async ([args, problem]) => {
    await using place = await workplace({ 'numbers.csv': numbers(1, 2) });
    await batch(place, 'before');

    const { code, stderr } = await place.command(args);

    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(problem) });
  });
});
