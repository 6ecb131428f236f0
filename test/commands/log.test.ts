/** `--log json`: what programs read of a batch on stderr. */

import { describe, expect, it } from 'vitest';
import { says, startAgentServer, throwsError } from '../support/agent-server.ts';
import { type Ended, workplace } from '../support/threadmill.ts';

type Line = Readonly<Record<string, unknown>>;

/** Each line is an object. */
const linesOf = ({ stderr }: Ended): Line[] =>
  stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
const of = (lines: readonly Line[], event: string) => lines.filter((line) => line['event'] === event);
const at = (url: string) => ['--url', url, '--agent', 'agent', '--out', 'out', '--log', 'json'];
const sums = 'id,prompt,answer,customer\na,1+1,2,Ada-metadata\nb,secret-prompt,4,Bob-metadata\n';
const agent = ({ prompt }: { prompt: string }) =>
  prompt === '1+1' ? says('It is 2: the-answer.') : throwsError('ValueError', 'no secret-prompt today');

describe('--log json', () => {
  it('gives lines of JSON alone: begun, each failed attempt, ended', async () => {
    await using server = await startAgentServer({ agent });
    await using place = await workplace({ 'sums.csv': sums });

    const ended = await place.command(['run', 'sums.csv', ...at(server.url)]);

    const lines = linesOf(ended);
    const batch = (await place.batch('out').summary()).batch.id;
    const [failed] = (await place.batch('out').records()).filter(({ id }) => id === 'b');
    expect(ended.code).toBe(1);
    expect(of(lines, 'started')).toMatchObject([{ level: 'info', batch, dataset: 'sums.csv', planned: 2 }]);
    expect(of(lines, 'attempt')).toMatchObject([
      {
        level: 'warn',
        batch,
        example: 'b',
        trial: 1,
        turn: null,
        attempt: 1,
        run_id: failed?.run_id,
        thread_id: failed?.thread_id,
        kind: 'agent',
        code: failed?.failure?.code,
      },
    ]);
    expect(of(lines, 'finished')).toMatchObject([
      { level: 'warn', batch, exit_code: 1, counts: { success: 1, error: 1 } },
    ]);
    expect(of(lines, 'record')).toEqual([]);
    for (const { time } of lines) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('tells each record with --verbose, and no contents', async () => {
    await using server = await startAgentServer({ agent });
    await using place = await workplace({ 'sums.csv': sums });

    const ended = await place.command(['run', 'sums.csv', ...at(server.url), '--verbose']);

    const records = of(linesOf(ended), 'record');
    expect(records.map(({ level, example, outcome }) => [level, example, outcome]).sort()).toEqual([
      ['debug', 'a', 'success'],
      ['debug', 'b', 'error'],
    ]);
    for (const content of ['1+1', 'secret-prompt', 'the-answer', 'Ada-metadata'])
      expect(ended.stderr).not.toContain(content);
  });

  it('tells contents where they are asked for', async () => {
    await using server = await startAgentServer({ agent });
    await using place = await workplace({ 'sums.csv': sums });

    const ended = await place.command([
      ...['run', 'sums.csv', ...at(server.url)],
      ...['--verbose', '--log-contents'],
    ]);

    expect(of(linesOf(ended), 'record')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          input: '1+1',
          response: 'It is 2: the-answer.',
          metadata: { customer: 'Ada-metadata' },
        }),
      ]),
    );
    expect(of(linesOf(ended), 'attempt')[0]?.['message']).toContain('no secret-prompt today');
  });

  it('tells each attempt once, though a revision holds those before it', async () => {
    let tries = 0;
    const flaky = () => {
      tries += 1;
      return tries < 3 ? throwsError('ValueError', 'not yet') : says('It is 4.');
    };
    await using server = await startAgentServer({ agent: flaky });
    await using place = await workplace({ 'sums.csv': 'id,prompt\nb,2+2\n' });
    await place.command(['run', 'sums.csv', ...at(server.url)]);

    const second = await place.command(['retry', 'out', '--log', 'json']);
    const third = await place.command(['retry', 'out', '--log', 'json', '--verbose']);

    expect(of(linesOf(second), 'attempt').map(({ attempt, revision }) => [attempt, revision])).toEqual([
      [2, 2],
    ]);
    expect(of(linesOf(third), 'attempt')).toEqual([]);
    expect(of(linesOf(third), 'record')).toMatchObject([{ revision: 3, outcome: 'success', attempts: 3 }]);
  });

  it('tells what stops the command, with its exit code', async () => {
    await using place = await workplace({ 'sums.csv': 'id,prompt\na,1+1\na,"never closed' });

    const ended = await place.command(['run', 'sums.csv', ...at('http://127.0.0.1:9')]);

    expect(ended.code).toBe(2);
    expect(linesOf(ended)).toMatchObject([{ level: 'error', event: 'failed', exit_code: 2 }]);
    expect(linesOf(ended)[0]?.['message']).toContain('sums.csv:3');
  });

  it('tells why a batch stopped', async () => {
    await using server = await startAgentServer({ agent: () => throwsError('ValueError', 'never') });
    await using place = await workplace({ 'sums.csv': sums });

    const ended = await place.command(['run', 'sums.csv', ...at(server.url), '--max-errors', '1']);

    expect(of(linesOf(ended), 'stopped')).toMatchObject([{ level: 'warn', stop: 'brake' }]);
    expect(of(linesOf(ended), 'finished')).toMatchObject([{ verdict: 'FAILED', exit_code: 1 }]);
  });

  it('keeps secrets out of every line', async () => {
    await using server = await startAgentServer({ agent: () => says('I know key-of-yours-4711.') });
    await using place = await workplace({ 'sums.csv': sums });

    const ended = await place.command(
      [
        'run',
        'sums.csv',
        ...at(server.url),
        '--verbose',
        '--log-contents',
        '--header',
        'X-Own: own-4712-secret',
      ],
      { env: { LANGGRAPH_API_KEY: 'key-of-yours-4711' } },
    );

    expect(of(linesOf(ended), 'record')).toHaveLength(2);
    expect(ended.stderr).not.toMatch(/key-of-yours-4711|own-4712-secret/);
  });

  it('shows what strangers wrote and obeys none of it', async () => {
    await using server = await startAgentServer({ agent: () => says('\u001b[31m \u202e \u009b') });
    await using place = await workplace({ 'sums.csv': 'id,prompt\n"a\u202e",1\n' });

    const ended = await place.command(['run', 'sums.csv', ...at(server.url), '--verbose', '--log-contents']);

    expect(ended.stderr).not.toMatch(/[\u001b\u009b\u202e]/);
    expect(of(linesOf(ended), 'record')).toMatchObject([{ example: 'a\u202e' }]);
  });

  it('is text for people unless it is asked for', async () => {
    await using server = await startAgentServer({ agent });
    await using place = await workplace({ 'sums.csv': sums });

    const { stderr } = await place.command([
      ...['run', 'sums.csv', '--url', server.url, '--agent', 'agent', '--out', 'out'],
    ]);

    expect(stderr).toContain('threadmill retry out');
    expect(stderr).not.toContain('"event"');
  });
});
