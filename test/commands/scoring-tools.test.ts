import { describe, expect, it } from 'vitest';
import { says, startAgentServer, throwsError } from '../support/agent-server.ts';
import { workplace } from '../support/threadmill.ts';

const at = (url: string) => ['--url', url, '--agent', 'agent', '--out', 'out'];
/** Calls the tools that it is told to, by name. */
const obeys = ({ prompt }: { prompt: string }) =>
  says('done', { toolCalls: prompt.split(' ').map((name) => ({ name, args: { of: prompt } })) });
const jsonl = (...rows: object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

describe('a batch with expected tools', () => {
  it('is scored by them, and says why, beside what its answers ask for', async () => {
    await using server = await startAgentServer({ agent: obeys });
    await using place = await workplace({
      'calls.jsonl': jsonl(
        { id: 'right', prompt: 'find pay', expected: 'done', expected_tools: ['find', { name: 'pay' }] },
        { id: 'wrong', prompt: 'find', expected: 'done', expected_tools: ['find', 'pay'] },
        { id: 'args', prompt: 'find', expected_tools: [{ name: 'find', args: { of: 'pay' } }] },
        { id: 'unknown', prompt: 'find', expected: 'done' },
      ),
    });

    const { stderr } = await place.command(['run', 'calls.jsonl', ...at(server.url)]);

    expect(stderr.replace(/\s+/g, ' ')).toContain(
      'scored by exact, tools (all 3 expectations are texts; 3 examples expect tools)',
    );
    const records = await place.batch('out').records();
    const scores = Object.fromEntries(records.map(({ id, scores: all }) => [id, all['tools']]));
    expect(scores).toEqual({
      right: { value: 1, reason: null },
      wrong: {
        value: 0.5,
        reason: 'strict: 1 missing, of 1 call\n  find(of: "find")\n- pay: expected, not called',
      },
      args: {
        value: 0.5,
        reason: 'strict: 1 with other arguments, of 1 call\n~ find(of: "find"): expected of: "pay"',
      },
      unknown: { value: null, reason: 'no tools are expected of this example' },
    });
  });

  it('is refused before anything is sent where an expectation cannot be read', async () => {
    await using server = await startAgentServer({ agent: obeys });
    await using place = await workplace({
      'calls.jsonl': jsonl({ id: 'a', prompt: 'x', expected_tools: [{ name: 'x', args: { y: { $z: 1 } } }] }),
    });

    const { code, stderr } = await place.command(['run', 'calls.jsonl', ...at(server.url)]);

    expect(code).toBe(2);
    expect(stderr).toContain('example "a": tools: expected_tools[0].args.y: expected one of $any');
    expect(server.counts.runs).toBe(0);
  });

  it('has conversations scored by turn and whole, also where they went on after a stop', async () => {
    await using server = await startAgentServer({
      agent: (asked) =>
        asked.prompt === 'pay late' && asked.attempt === 1 ? throwsError('Busy', 'later') : obeys(asked),
    });
    await using place = await workplace({
      'talk.jsonl': jsonl(
        { id: 'one', turns: ['find', 'pay late'], expected_tools: ['find', 'pay', 'late'] },
        { id: 't1', thread: 'two', prompt: 'find pay', expected_tools: ['find'] },
        { id: 't2', thread: 'two', prompt: 'late', expected_tools: ['pay', 'late'] },
      ),
    });
    const scorers = ['--scorer', 'tools', '--scorer', 'tools:strict,whole,as=whole'];
    await place.command(['run', 'talk.jsonl', ...at(server.url), ...scorers, '--record', 'response']);

    await place.command(['retry', 'out']);

    const rows = await place.batch('out').csv('results.csv');
    expect(
      rows.map(({ id, turn, score_tools, score_whole }) => [id, turn, score_tools, score_whole]),
    ).toEqual([
      ['one', '1', '', ''],
      ['one', '2', '1', '1'],
      ['t1', '1', '0.5', ''],
      ['t2', '2', '0.5', '1'],
    ]);
  });
});
