import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setImmediate as nextTick } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const owner = fileURLToPath(new URL('./owner.mjs', import.meta.url));

export interface OwnerProcess {
  readonly pid: number;
  /** Tries to take the lock: `has it`, or the error's name and message. */
  take(): Promise<string>;
  /** Proves that it still has it; tells as `take` does. */
  prove(): Promise<string>;
  /** Until it is told to go on. */
  stop(): Promise<void>;
  goOn(): void;
  /** Releases the lock and ends. */
  end(): Promise<void>;
  kill(): Promise<void>;
}

export interface Owners extends AsyncDisposable {
  readonly all: readonly OwnerProcess[];
}

/** Processes that are ready to take a lock; all are killed at the end. */
export async function startOwners(path: string, count: number): Promise<Owners> {
  const all = await Promise.all(Array.from({ length: count }, () => startOwner(path)));
  return {
    all,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(all.map((each) => each.kill()));
    },
  };
}

async function startOwner(path: string): Promise<OwnerProcess> {
  const child = spawn(process.execPath, [owner, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => String((await lines.next()).value);
  await line();
  const told = (deed: string) => {
    child.stdin.write(`${deed}\n`);
    return line();
  };
  return {
    pid: child.pid ?? 0,
    take: () => told('take'),
    prove: () => told('prove'),
    stop: async () => {
      child.kill('SIGSTOP');
      while (!(await readFile(`/proc/${child.pid}/stat`, 'utf8')).includes(') T ')) await nextTick();
    },
    goOn: () => {
      child.kill('SIGCONT');
    },
    end: async () => {
      child.stdin.end();
      await closed;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
