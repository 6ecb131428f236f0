import { describe, expect, it } from 'vitest';
import { workplace } from '../support/threadmill.ts';

/** A baseline of 30 examples of 2 trials, a third of them good in one. */
const baseline = () => {
  const header = {
    threadmill_baseline: 1,
    batch: 'b',
    dataset: 'd.csv',
    dataset_sha256: '',
    scorers: { exact: 'exact' },
    lines: 30,
  };
  const lines = Array.from({ length: 30 }, (_, at) => ({
    id: `e${at}`,
    input: '0123456789abcdef',
    scores: { exact: at % 3 === 0 ? [1, 0] : [1, 1] },
  }));
  return [header, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
};

describe('plan', () => {
  it('tells how many examples and repeats a drop needs, within 40 columns', async () => {
    await using place = await workplace({ 'base.jsonl': baseline() });

    const { code, stdout } = await place.command(['plan', 'base.jsonl', '--drop', '3%'], { columns: 40 });

    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => line.length > 40)).toEqual([]);
    expect(stdout).toContain('trials  examples');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('mean 0.833 on 30 examples of 2 trials');
  });

  it('tells the same as JSON', async () => {
    await using place = await workplace({ 'base.jsonl': baseline() });

    const { stdout } = await place.command(['plan', 'base.jsonl', '--drop', '0.25', '--format', 'json']);

    const { scorers, ...question } = JSON.parse(stdout) as { scorers: unknown[] };
    expect(question).toEqual({ batch: 'base.jsonl', drop: 0.25, alpha: 0.05, power: 0.8 });
    expect(scorers).toMatchObject([
      { name: 'exact', examples: 30, trials: 2, variance_is_assumed: false, as_it_is: { trials_needed: 7 } },
    ]);
  });

  it.for([
    [['plan', 'base.jsonl', '--drop', '0'], 'expected a share above 0'],
    [['plan', 'base.jsonl', '--scorer', 'exakt'], 'did you mean exact?'],
    [['plan', 'none'], 'expected a batch directory or a baseline file, there is none'],
    [['plan'], 'expected a batch directory or baseline file'],
  ] as const)('refuses %j', async ([args, problem]) => {
    await using place = await workplace({ 'base.jsonl': baseline() });

    const { code, stderr } = await place.command(args);

    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(problem) });
  });
});
