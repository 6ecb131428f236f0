/** The servers that commands start: real processes, from their start to the last of their children. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { type Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { AgentError, ConfigError } from '../../src/errors.ts';
import { isGroupAlive } from '../../src/server/process-group.ts';
import { type ServedOptions, startServed } from '../../src/server/served.ts';
import { frontCommand, pidsIn } from '../support/front.ts';
import { gate } from '../support/gate.ts';
import { endOf, isAlive } from './processes.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temporary.ts';

const nowhere = 'http://127.0.0.1:9';
const longMs = 30_000;

/** Starts it and keeps what it prints. */
async function serving(command: string, more: Partial<ServedOptions> = {}) {
  let printed = '';
  const log = new Writable({
    write: (chunk, _, done) => {
      printed += String(chunk);
      done();
    },
  });
  const server = await startServed({ command, cwd: process.cwd(), timeoutMs: longMs, log, ...more });
  return { server, printed: () => printed };
}

const failureOf = (command: string, more: Partial<ServedOptions> = {}): Promise<unknown> =>
  serving(command, more).then(
    async ({ server }) => server.stop(),
    (error: unknown) => error,
  );

describe('a server that a command starts', () => {
  it('is ready when it answers, and is gone after stop, with its shell and all it started', async () => {
    const { server, printed } = await serving(`cd . && ${frontCommand(nowhere, 'parent')}; true`);
    const answer = await fetch(`${server.url}/ok`);
    const pids = pidsIn(printed());

    await server.stop();

    expect(await answer.json()).toEqual({ ok: true });
    expect(pids).toHaveLength(2);
    await expect(fetch(server.url)).rejects.toThrow();
    for (const pid of pids) await endOf(pid);
    await server.stop();
  });

  it('is killed where it does not end by itself', async () => {
    const { server, printed } = await serving(frontCommand(nowhere, 'stubborn'), { graceMs: 200 });

    await server.stop();

    expect(printed()).toContain('I will not');
    for (const pid of pidsIn(printed())) await endOf(pid);
  });

  it('tells how it ended by itself, and leaves no child', async () => {
    const { server, printed } = await serving(frontCommand(nowhere, 'parent', 'dies=1'));
    await fetch(`${server.url}/runs/wait`, { method: 'POST' }).catch(() => {});

    const exit = await server.exited;

    expect(exit).toMatchObject({ code: 7, signal: null });
    expect(exit.lastLines.at(-1)).toBe('out of cheese');
    for (const pid of pidsIn(printed())) await endOf(pid);
    await server.stop();
  });

  it('prints no secret into log or message', async () => {
    const { server, printed } = await serving(`echo sesame; ${frontCommand(nowhere, 'dies=1')}`, {
      redact: (line) => line.replaceAll('sesame', '***'),
    });
    await fetch(`${server.url}/runs/wait`, { method: 'POST' }).catch(() => {});

    const { lastLines } = await server.exited;

    expect(printed()).toContain('***\n');
    expect(`${printed()}${lastLines}`).not.toContain('sesame');
    await server.stop();
  });

  it('that listens on IPv6 alone is found there', async () => {
    const listen = `require('http').createServer((_, answer) => answer.end()).listen({port}, '::1')`;
    const { server } = await serving(`${process.execPath} -e "${listen}"`);

    expect(server.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    await server.stop();
  });
});

describe('a server that does not start', () => {
  it('shows what it printed before it ended', async () => {
    const error = await failureOf('echo {port}; echo no model key >&2; exit 3');

    expect(error).toBeInstanceOf(AgentError);
    expect(error).toMatchObject({ exitCode: 3 });
    expect(String(error)).toMatch(/ended with code 3 before it was ready; .*\n {2}\d+\n {2}no model key$/s);
  });

  it('is told to stay in the foreground', async () => {
    expect(String(await failureOf('true {port}'))).toContain(
      'has to stay in the foreground\nIt printed nothing.',
    );
  });

  it('is wrong use where there is no such command', async () => {
    const error = await failureOf('no-such-command --port {port}');

    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toMatch(/cannot run "no-such-command --port \d+"\n.*not found/s);
  });

  it.each([
    ['is not ready', frontCommand(nowhere, 'silent'), /^asked .*^asked /ms, 'it said 503'],
    ['listens elsewhere', 'echo not {port}; exec sleep 60', /^not /m, 'nobody answered'],
  ])('is stopped once its time is over where it %s', async (_, command, isUp, seen) => {
    let printed = '';
    const isLate = gate();
    const log = new Writable({
      write: (chunk, _, done) => {
        printed += String(chunk);
        if (isUp.test(printed)) isLate.open();
        done();
      },
    });
    const runtime = { sleep: () => isLate.opened };

    const error = await failureOf(command, { log, runtime, timeoutMs: 5_000 });

    expect(error).toBeInstanceOf(AgentError);
    expect(String(error)).toContain(`within 5 s (${seen})`);
    expect(String(error)).toContain('--serve-timeout\nThe last it printed:\n');
    for (const pid of pidsIn(printed)) await endOf(pid);
  });
});

/** A process of its own, leading its group, that has a server started and waits for ever. */
async function startParent(directory: TemporaryDirectory) {
  const served = fileURLToPath(new URL('../../dist/server/served.js', import.meta.url));
  const options = { command: `${frontCommand(nowhere, 'parent')}; true`, cwd: '.', timeoutMs: longMs };
  const script = await directory.file(
    'parent.mjs',
    `import { startServed } from ${JSON.stringify(served)};
     process.on('SIGINT', () => console.log('interrupted'));
     const log = { write: (line) => { process.stdout.write(line); } };
     const { url } = await startServed({ ...${JSON.stringify(options)}, log });
     console.log('ready at', url);`,
  );
  const parent = spawn(process.execPath, [script], {
    cwd: directory.path,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const lines = createInterface({ input: parent.stdout })[Symbol.asyncIterator]();
  const printed: string[] = [];
  const says = async (begin: string): Promise<string> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`Expected ${begin}, saw: ${printed.join(' | ')}`);
      printed.push(value);
      if (value.startsWith(begin)) return value;
    }
  };
  const [, url = ''] = (await says('ready at')).split('ready at ');
  return { pid: Number(parent.pid), url, says, pids: pidsIn(printed.join('\n')) };
}

describe('a server whose parent is killed', () => {
  it.each(['the parent alone', 'the parent’s whole group'])('%s, ends too', async (whose) => {
    await using directory = await temporaryDirectory();
    const { pid, pids } = await startParent(directory);

    process.kill(whose === 'the parent alone' ? pid : -pid, 'SIGKILL');

    expect(pids).toHaveLength(2);
    for (const each of pids) await endOf(each);
  });

  it('lives on when a terminal interrupts all, as long as the parent does', async () => {
    await using directory = await temporaryDirectory();
    const { pid, pids, url, says } = await startParent(directory);

    process.kill(-pid, 'SIGINT');

    await says('interrupted');
    expect(await (await fetch(`${url}/ok`)).json()).toEqual({ ok: true });
    process.kill(pid, 'SIGKILL');
    for (const each of pids) await endOf(each);
  });

  it('by a keeper that is killed itself ends all the same', async () => {
    const { server, printed } = await serving(`echo $PPID; ${frontCommand(nowhere)}; true`);
    const keeper = Number(printed().split('\n')[0]);

    process.kill(keeper, 'SIGKILL');

    await server.exited;
    await server.stop();
    for (const pid of pidsIn(printed())) await endOf(pid);
  });
});

describe('a process group', () => {
  it('of which a zombie is left alone is not alive', async () => {
    // The shell's place is taken by a program that never asks after the child it has inherited.
    const parent = spawn('sh', ['-c', 'setsid cat <&3 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
    });
    const [line] = await once(createInterface({ input: parent.stdout as Readable }), 'line');
    const group = Number(line);
    const nameOf = (pid: number) => readFile(`/proc/${pid}/comm`, 'utf8');
    while ((await nameOf(Number(parent.pid))) !== 'sleep\n' || (await nameOf(group)) !== 'cat\n');
    const wasAlive = isGroupAlive(group);

    (parent.stdio[3] as Writable).end();

    while (isGroupAlive(group)) await new Promise(setImmediate);
    expect(wasAlive).toBe(true);
    expect(isAlive(group)).toBe(true);
    parent.kill('SIGKILL');
  });
});
