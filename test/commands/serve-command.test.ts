/** `--serve-command`: the server that a batch starts by a command of the user's. */

import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { endOf } from '../server/processes.ts';
import { says, startAgentServer, throwsError } from '../support/agent-server.ts';
import { frontCommand, pidsIn } from '../support/front.ts';
import { questions, workplace } from '../support/threadmill.ts';

const echo = ({ prompt }: { prompt: string }) => says(prompt);
const servedBy = (command: string) => ['--serve-command', command, '--agent', 'agent'];

describe('run --serve-command', () => {
  it('starts the server, asks it, stops it, and keeps its log without secrets', async () => {
    await using server = await startAgentServer({ agent: echo, apiKey: 'a-very-secret-key' });
    await using place = await workplace({ 'qa.csv': questions(3) });
    const args = ['run', 'qa.csv', ...servedBy(frontCommand(server.url, 'parent')), '--out', 'out'];

    const { code, stdout, stderr } = await place.threadmill(args, {
      env: { LANGGRAPH_API_KEY: 'a-very-secret-key' },
    });

    expect(stderr).toContain('OK: all 3 turns succeeded');
    expect(code).toBe(0);
    const batch = place.batch('out');
    const log = await batch.text('server.log');
    expect(log).toContain('key ***');
    const files = await Promise.all((await batch.names()).map((name) => batch.text(name)));
    expect([...files, stdout, stderr].filter((text) => text.includes('a-very-secret-key'))).toEqual([]);
    expect(pidsIn(log)).toHaveLength(2);
    for (const pid of pidsIn(log)) await endOf(pid);
  });

  it('is one batch with the same command, whatever port it gets, and another with another', async () => {
    await using server = await startAgentServer({ agent: echo });
    await using place = await workplace({ 'qa.csv': questions(2) });
    const command = frontCommand(server.url);
    const args = ['run', 'qa.csv', ...servedBy(command), '--out', 'out'];
    await place.command(args);
    await place.file('qa.csv', questions(3));

    const more = await place.command(args);
    const again = await place.command(args);
    const other = await place.command(['run', 'qa.csv', ...servedBy(`exec ${command}`), '--out', 'out']);

    expect(more.code).toBe(0);
    expect(server.counts.creates).toBe(3);
    expect(again.stderr).toContain('Nothing was asked');
    expect(other.code).toBe(2);
    expect(other.stderr).toContain(`--serve-command: the batch has ${JSON.stringify(command)}`);
    expect((await place.batch('out').text('server.log')).match(/^--- /gm)).toHaveLength(2);
  });

  it('stops with 3 and its last lines when the server dies, and the same command goes on', async () => {
    await using server = await startAgentServer({ agent: echo });
    await using place = await workplace({ 'qa.csv': questions(8) });
    // Threads would be looked after for five seconds more.
    const mode = ['--mode', 'stateless', '--delivery', 'at-least-once', '-c', '1'];
    const args = ['run', 'qa.csv', ...servedBy(frontCommand(server.url, 'dies=5')), ...mode, '--out', 'out'];

    const died = await place.command(args);
    const next = await place.command(args);

    expect(died.code).toBe(3);
    expect(died.stderr.replaceAll(/\s+/g, ' ')).toContain('the server of --serve-command ended by itself');
    expect(died.stderr).toContain('out of cheese');
    expect(next.code).toBe(0);
    const records = await place.batch('out').records();
    expect(records.map(({ id }) => id)).toEqual(Array.from({ length: 8 }, (_, at) => `r${at + 1}`));
    expect(records.filter(({ outcome }) => outcome !== 'success')).toEqual([]);
    expect(server.counts.creates).toBe(8);
  });

  it('leaves nothing behind where the server does not start', async () => {
    await using place = await workplace({ 'qa.csv': questions(1) });

    const { code, stderr } = await place.command([
      ...['run', 'qa.csv', ...servedBy('echo no model key; false {port}')],
    ]);

    expect(code).toBe(3);
    expect(stderr).toContain('The last it printed:\n  no model key\n');
    expect(await readdir(`${place.path}/results`)).toEqual([]);
  });

  it.each([
    [
      ['--serve-command', 'langgraph dev', '--agent', 'a'],
      "expected a command with {port} in it, such as 'lang",
    ],
    [
      [...servedBy('serve {port}'), '--local'],
      '--serve-command: --local starts a server of its own; choose one',
    ],
    [['--serve-command', 'serve {port}'], "--agent: expected the agent's id"],
    [servedBy('KEY=a-very-secret-key serve {port}'), 'put its variable there'],
  ])('refuses %j before anything is started', async (args, told) => {
    await using place = await workplace({ 'qa.csv': questions(1) });

    const { code, stderr } = await place.command(['run', 'qa.csv', ...args], {
      env: { LANGGRAPH_API_KEY: 'a-very-secret-key' },
    });

    expect(code).toBe(2);
    expect(stderr).toContain(told);
    expect(stderr.match(/^threadmill: /gm)).toHaveLength(1);
  });

  it('lets retry start it again', async () => {
    let isBroken = true;
    await using server = await startAgentServer({
      agent: ({ prompt }) => (isBroken ? throwsError('Error', 'broken') : says(prompt)),
    });
    await using place = await workplace({ 'qa.csv': questions(2) });
    const args = ['run', 'qa.csv', ...servedBy(frontCommand(server.url)), '--out', 'out'];
    const first = await place.command(args);
    isBroken = false;

    const { code } = await place.command(['retry', 'out', '--serve-timeout', '50s']);

    expect(first.code).toBe(1);
    expect(code).toBe(0);
  });
});

describe('check --serve-command', () => {
  it('starts a real Agent Server for one question', async () => {
    await using place = await workplace();
    const cli = new URL('../../dist/cli.js', import.meta.url).pathname;
    const serve = `'${process.execPath}' '${cli}' serve --port {port}`;

    const { code, stdout } = await place.threadmill([
      ...['check', '--serve-command', serve, '--agent', 'echo', '--ask', 'hello'],
    ]);

    expect(code).toBe(0);
    expect(stdout.trim().split('\n').at(-1)).toBe('hello');
    expect(await readdir(place.path)).toEqual([]);
  });
});
