/** What tells a process from every other, also from a later one with its id. */

import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';

export interface ProcessFacts {
  readonly pid: number;
  readonly host: string;
  /** In the system's own ticks since boot; `alive` where it does not tell (no /proc). */
  readonly started: string;
  readonly boot: string;
}

export async function processFacts(pid: number): Promise<ProcessFacts> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  // The second field, the name, may hold blanks and parentheses: the third begins behind the last of them.
  const [state = '', ...others] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const isDead = state === 'Z' || state === 'X'; // and its parent has not looked yet
  return {
    pid,
    host: hostname(),
    started: isDead ? 'gone' : (others[18] ?? lifeSign(pid)),
    boot: boot.trim(),
  };
}

/** Did it end? Nobody can tell of another host's processes. */
export async function isGone({ pid, host, started, boot }: ProcessFacts): Promise<boolean> {
  if (host !== hostname()) return false;
  const now = await processFacts(pid);
  return now.boot !== boot || (now.started !== started && now.started !== 'alive');
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
