/** A process group: a command with all that it has started. */

import { readdirSync, readFileSync } from 'node:fs';

/** Sends a signal to all of it. A group that is gone needs none. */
export function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Does any of it still run? */
export function isGroupAlive(group: number): boolean {
  try {
    process.kill(-group, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const states = statesOf(group);
  return states.length === 0 || states.some((state) => state !== 'Z' && state !== 'X');
}

/**
 * Of its processes, where the system tells them (Linux); else none. One that has ended and lost its parent stays a
 * zombie in a container whose first process collects none, and takes signals for ever.
 */
function statesOf(group: number): string[] {
  const pids = namesIn('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    // `pid (name) state parent group …`, and the name may hold anything.
    const text = textOf(`/proc/${pid}/stat`);
    const [state = '', , its] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return Number(its) === group ? [state] : [];
  });
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
