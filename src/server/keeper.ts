/**
 * Runs a command of the user's that serves, in a process group of its own, and ends that group when told or when its
 * parent is gone. A process of its own: nothing else outlives a parent that was killed. It leads a session of its own,
 * so that neither a terminal's signals nor those to its parent's group reach it or the server.
 */

import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KeeperOrder, KeeperWord } from './keeper-words.ts';
import { stopWord } from './order.ts';
import { isGroupAlive, signalGroup } from './process-group.ts';

const lookEveryMs = 25;
/** How long the system may take to clear away what was killed. */
const killedMs = 2_000;

const { command, graceMs }: KeeperOrder = JSON.parse(process.argv[2] ?? '');
let isEnding = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
const child = spawn('sh', ['-c', command], { detached: true, stdio: ['ignore', 'inherit', 'inherit'] });
const group = child.pid;
if (group !== undefined) void tell({ group });
child.once('error', (error) => void tell({ problem: error.message }).then(end));
child.once('exit', (code, signal) => void (isEnding || tell({ code, signal }).then(end)));
process.on('disconnect', end);
process.on('message', (word) => {
  if (word === stopWord) void end();
});

/** Resolves once it is told: who ends before takes it along. */
function tell(word: KeeperWord): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(word, undefined, undefined, () => resolve());
    else resolve();
  });
}

/** Once, however often it is asked for. */
async function end(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  if (group !== undefined) {
    signalGroup(group, 'SIGTERM');
    if (!(await isGone(group, graceMs))) {
      signalGroup(group, 'SIGKILL');
      await isGone(group, killedMs);
    }
  }
  process.exit(0);
}

async function isGone(group: number, patienceMs: number): Promise<boolean> {
  const until = performance.now() + patienceMs;
  while (isGroupAlive(group)) {
    if (performance.now() >= until) return false;
    await sleep(lookEveryMs);
  }
  return true;
}
