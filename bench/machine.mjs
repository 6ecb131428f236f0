/** What it was measured on, without its name. */

import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

export const machine = () => ({
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  memoryGb: Math.round(totalmem() / 2 ** 30),
  system: `${type()} ${release().split(/[-+]/)[0]}`,
  node: process.version,
  /** Processes that wanted a core in the minute before: what else was going on. */
  load: Number(loadavg()[0]?.toFixed(1)),
});

export const shownMachine = ({ processor, cores, memoryGb, system, node }) =>
  `${processor}, ${cores} cores, ${memoryGb} GB, ${system}, Node ${node.slice(1)}`;
