import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { LocalServerOptions } from '../../src/server/start.ts';
import type { TemporaryDirectory } from './temporary.ts';

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const builtStart = fileURLToPath(new URL('../../dist/server/start.js', import.meta.url));

interface Parent extends AsyncDisposable {
  readonly process: ChildProcess;
  readonly url: string;
  /** The server's. */
  readonly pid: number;
}

/** A process of its own that starts a server and then waits for ever. */
export async function startParent(
  directory: TemporaryDirectory,
  options: LocalServerOptions,
  start = builtStart,
): Promise<Parent> {
  const script = await directory.file(
    'parent.mjs',
    `import { startLocalServer } from ${JSON.stringify(start)};
     const { url, pid } = await startLocalServer(${JSON.stringify(options)});
     process.on('SIGINT', () => {});
     console.log(JSON.stringify({ url, pid }));`,
  );
  const parent = spawn(process.execPath, [script], {
    cwd: directory.path,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const told: string[] = [];
  createInterface({ input: parent.stderr }).on('line', (line) => told.push(line));
  const [line] = await Promise.race([
    once(createInterface({ input: parent.stdout }), 'line'),
    once(parent, 'exit').then(() => {
      throw new Error(told.join('\n'));
    }),
  ]);
  const { url, pid } = JSON.parse(line);
  return {
    process: parent,
    url,
    pid,
    [Symbol.asyncDispose]: async () => {
      if (parent.exitCode === null && parent.signalCode === null) {
        parent.kill('SIGKILL');
        await once(parent, 'exit');
      }
      await endOf(pid);
    },
  };
}

/** Resolves once the process has ended, though nobody may have asked after it yet. */
export async function endOf(pid: number): Promise<void> {
  while (isAlive(pid) && !isZombie(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Where the system tells it (Linux). */
function isZombie(pid: number): boolean {
  try {
    return /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
