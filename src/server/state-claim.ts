/**
 * One server at a time on a state directory. A server whose parent was killed still writes its state for a moment;
 * one that starts meanwhile would read half of it.
 */

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a server may live without its parent: the state of 3,000 threads has taken 6 s to write. */
export const orphanGraceMs = 30_000;

/**
 * Waits until an earlier server has left the directory, then notes this process in it, as `server.pid`.
 * Waits no longer than such a server can live: what is still there then has its number by chance.
 *
 * @returns Takes the note away.
 */
export async function claimState(directory: string): Promise<() => void> {
  const note = join(directory, 'server.pid');
  const patienceMs = orphanGraceMs + 2_000;
  for (let waitedMs = 0; waitedMs < patienceMs && isServerOf(directory, readPid(note)); waitedMs += 50) {
    await sleep(50);
  }
  writeFileSync(note, `${process.pid}\n`);
  return () => {
    if (readPid(note) === process.pid) rmSync(note, { force: true });
  };
}

function readPid(note: string): number {
  try {
    return Number(readFileSync(note, 'utf8'));
  } catch {
    return 0;
  }
}

/** Where a process tells its arguments (Linux), another one that has the number by now is known as such. */
function isServerOf(directory: string, pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(JSON.stringify(directory));
  } catch {
    return true;
  }
}
