/**
 * A thread of the child that ends the process some time after its parent's death, should the main thread never get
 * to it: a graph in an endless loop would else burn a core for ever.
 */

import { workerData } from 'node:worker_threads';

export interface OrphanWatch {
  readonly parentPid: number;
  /** How long the process may outlive its parent. */
  readonly graceMs: number;
}

const { parentPid, graceMs }: OrphanWatch = workerData;

const watch = setInterval(() => {
  if (process.ppid === parentPid) return;
  clearInterval(watch);
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs);
}, 1_000);
