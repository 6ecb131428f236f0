/** What tells a process from every other, also from a later one with its id. */

import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

export interface ProcessFacts {
  readonly pid: number;
  readonly host: string;
  /** In the system's own ticks since boot; `alive` where it does not tell (no /proc). */
  readonly started: string;
  readonly boot: string;
  /** Process ids are of one namespace: two containers may share a host's name and a volume, and each have a process 1. */
  readonly pidNamespace: string;
}

/** Of a process of this namespace. */
export async function processFacts(pid: number): Promise<ProcessFacts> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const pidNamespace = await readlink('/proc/self/ns/pid').catch(() => '');
  const { started } = await statOf(pid);
  return { pid, host: hostname(), started, boot: boot.trim(), pidNamespace };
}

/**
 * `gone`: it has certainly ended. `stopped`: it is there, and does nothing until somebody wakes it. `unseen`: nobody
 * here can tell, for it is of another host, another boot or another namespace.
 */
export type Life = 'gone' | 'stopped' | 'there' | 'unseen';

export async function lifeOf({ pid, host, started, boot, pidNamespace }: ProcessFacts): Promise<Life> {
  const now = await processFacts(pid);
  if (host !== now.host || boot !== now.boot || pidNamespace !== now.pidNamespace) return 'unseen';
  if (now.started !== started && now.started !== 'alive') return 'gone';
  return (await statOf(pid)).state === 'T' ? 'stopped' : 'there';
}

async function statOf(pid: number): Promise<{ readonly state: string; readonly started: string }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field, the name, may hold blanks and parentheses: the third begins behind the last of them.
  const [state = '', ...others] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const isDead = state === 'Z' || state === 'X'; // and its parent has not looked yet
  return { state, started: isDead ? 'gone' : (others[18] ?? lifeSign(pid)) };
}

function lifeSign(pid: number): 'alive' | 'gone' {
  try {
    process.kill(pid, 0);
    return 'alive';
  } catch (error) {
    // Another user's may not be asked, and is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM' ? 'alive' : 'gone';
  }
}
