/** One process at a time works on a batch directory. */

import { open, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { LockedError, SinkError } from '../errors.ts';

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Of the process, in the system's own ticks since boot: a process id is used again. */
  readonly started: string;
  readonly boot: string;
}

export interface Lock extends AsyncDisposable {
  release(): Promise<void>;
}

/**
 * Takes the lock; one whose owner is gone is taken over.
 * @throws LockedError that names the owner.
 */
export async function takeLock(path: string): Promise<Lock> {
  const me = await ownerOf(process.pid);
  for (;;) {
    if (await create(path, me)) {
      const release = () => rm(path, { force: true });
      return { release, [Symbol.asyncDispose]: release };
    }
    const owner = await readOwner(path);
    if (owner === null) continue; // released, or taken over, between the two looks
    if (!(await isGone(owner))) {
      throw new LockedError(`${path}: process ${owner.pid} on ${owner.host} works on this batch`);
    }
    // Whoever renames it first is the one that takes over.
    const stale = `${path}.gone-${process.pid}`;
    await rename(path, stale).then(
      () => rm(stale, { force: true }),
      () => {},
    );
  }
}

async function create(path: string, me: Owner): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(JSON.stringify(me));
    await file.close();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw new SinkError(
      `${path}: cannot be written (${error instanceof Error ? error.message : String(error)})`,
      { cause: error },
    );
  }
}

async function readOwner(path: string): Promise<Owner | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Owner;
  } catch {
    return null;
  }
}

async function isGone(owner: Owner): Promise<boolean> {
  if (owner.host !== hostname()) return false;
  const now = await ownerOf(owner.pid);
  return now.boot !== owner.boot || now.started !== owner.started;
}

/** Where the system tells neither (no /proc), a process is taken for alive while its id is. */
async function ownerOf(pid: number): Promise<Owner> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  // Field 22; the second, the name, may hold blanks and parentheses.
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return { pid, host: hostname(), started: started || aliveMark(pid), boot: boot.trim() };
}

function aliveMark(pid: number): string {
  try {
    process.kill(pid, 0);
    return 'alive';
  } catch {
    return 'gone';
  }
}
