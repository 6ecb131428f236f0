/** As the first process of a container (PID 1), which the kernel treats otherwise: no signal has an effect of its own. */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { says, startAgentServer, until } from '../support/agent-server.ts';
import { gate } from '../support/gate.ts';
import { questions, type Workplace, workplace } from '../support/threadmill.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const namespace = ['--map-root-user', '--fork', '--pid', '--mount-proc', '--kill-child'];

/** Only Linux has such namespaces, and some containers keep them from all: there the same is tried as any other process. */
function hasNamespaces(): boolean {
  try {
    execFileSync('unshare', [...namespace, 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const isInit = hasNamespaces();
const [program = '', ...prefix] = isInit ? ['unshare', ...namespace, process.execPath] : [process.execPath];

function startAsInit(place: Workplace, args: readonly string[]) {
  const child = spawn(program, [...prefix, cli, ...args], {
    cwd: place.path,
    env: { PATH: process.env['PATH'] ?? '', HOME: place.path },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return {
    ended: once(child, 'close').then(([code]) => code),
    saidSoFar: () => stderr,
    /** As the world outside sees it. */
    initPid: () =>
      isInit
        ? Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim())
        : (child.pid ?? 0),
  };
}

/** Children of a process that ended and were never waited for. */
const zombiesOf = (pid: number) =>
  readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const [state, parent] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return state === 'Z' && Number(parent) === pid;
    } catch {
      return false; // gone meanwhile
    }
  });

describe('as PID 1', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('%s lets what is in flight end, records it, and exits with %i', async (signal, exit) => {
    const hold = gate();
    await using server = await startAgentServer({ agent: ({ prompt }) => until(hold.opened, says(prompt)) });
    await using place = await workplace({ 'qa.csv': questions(20) });
    const at = ['--url', server.url, '--agent', 'agent', '-c', '4', '--out', 'out'];
    const started = startAsInit(place, ['run', 'qa.csv', ...at]);
    await server.when(({ counts }) => counts.creates === 4);

    process.kill(started.initPid(), signal);
    await expect.poll(() => started.saidSoFar(), { timeout: 10_000 }).toContain(signal);
    hold.open();
    const code = await started.ended;

    expect(code).toBe(exit);
    expect((await place.batch('out').records()).length).toBe(4);
    expect((await place.batch('out').summary()).batch.state).toBe('stopped');
  });

  it('leaves no zombie of its local server, and ends by itself', async () => {
    await using place = await workplace({ 'qa.csv': questions(5) });
    const started = startAsInit(place, ['run', 'qa.csv', '--local', '--agent', 'echo', '--out', 'out']);
    const seen = new Map<string, number>();
    await expect.poll(() => started.initPid()).toBeGreaterThan(0);
    const pid = started.initPid();
    const watch = setInterval(() => {
      const now = zombiesOf(pid);
      for (const zombie of now) seen.set(zombie, (seen.get(zombie) ?? 0) + 1);
    }, 50);

    const code = await started.ended;
    clearInterval(watch);

    expect(code).toBe(0);
    // Each child is one for the moment until it is waited for.
    expect([...seen].filter(([, looks]) => looks > 20)).toEqual([]);
  });
});
