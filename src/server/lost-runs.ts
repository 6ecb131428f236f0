/**
 * Runs that were under way when an earlier server ended: the next one takes them for running for ever, refuses their
 * thread to any other run, and answers a join never. They are marked in its state before it reads it.
 */

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface State {
  readonly json?: {
    readonly runs?: Record<string, { status: string; thread_id: string; metadata?: Record<string, unknown> }>;
    readonly threads?: Record<string, { status: string }>;
  };
}

/** Known to `agent/`, which takes a run that bears it for none. */
const mark = 'threadmill_lost';

/** Ends them as failed and frees their threads; gives how many there were. A state that cannot be read is the server's matter. */
export function endLostRuns(stateDir: string): number {
  const path = join(stateDir, '.langgraph_api', '.langgraphjs_ops.json');
  const state = readState(path);
  const { runs = {}, threads = {} } = state?.json ?? {};
  const lost = Object.values(runs).filter((run) => run.status === 'running');
  for (const run of lost) {
    run.status = 'error';
    run.metadata = { ...run.metadata, [mark]: true };
    const thread = threads[run.thread_id];
    if (thread !== undefined) thread.status = 'idle';
  }
  if (lost.length > 0) {
    writeFileSync(`${path}.new`, JSON.stringify(state));
    renameSync(`${path}.new`, path);
  }
  return lost.length;
}

function readState(path: string): State | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as State;
  } catch {
    return null;
  }
}
