/** Work that may take forever, such as a search by somebody's expression, ended after a time. */

import { createContext, Script } from 'node:vm';

/** After so many the rest of a batch is not kept waiting. */
export const mostTimeouts = 10;

/**
 * V8 is told to end the work after a time, which it can in the midst of backtracking, on this thread: no worker, no text
 * handed across. Starting its watchdog costs a tenth of a millisecond: what is known to be short goes without.
 *
 * The watchdog goes by the clock on the wall, by which work takes long too where a busy machine gives it no processor. What
 * had one for less than half of its time is begun anew with twice as much: a score is not to hang on who else computes.
 */
export class TimeLimit {
  private readonly ms: number;
  private readonly processorMs: () => number;
  private timeouts = 0;

  /** @param processorMs What this process has had of processors so far. */
  constructor(ms: number, processorMs = ownProcessorMs) {
    this.ms = ms;
    this.processorMs = processorMs;
  }

  /** Has it taken too long so often that nothing is begun any more? */
  get isGivenUp(): boolean {
    return this.timeouts >= mostTimeouts;
  }

  /** What came of it, or null: it took too long. What it throws is thrown. It must leave nothing half done behind, for it may be begun anew. */
  run<T>(work: () => T): { readonly value: T } | null {
    if (this.isGivenUp) return null;
    for (let ms = this.ms; ms <= this.ms * mostStretched; ms *= 2) {
      const before = this.processorMs();
      const done = runFor(ms, work);
      if (done !== null) return done;
      if (this.processorMs() - before >= this.ms / 2) break;
    }
    this.timeouts += 1;
    return null;
  }
}

/** So many times as long it may take at the most, by the clock on the wall. */
const mostStretched = 16;

function ownProcessorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function runFor<T>(ms: number, work: () => T): { readonly value: T } | null {
  context ??= createContext({ work: null }) as { work: (() => unknown) | null };
  context.work = work;
  try {
    return { value: call.runInContext(context, { timeout: ms }) as T };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    return null;
  } finally {
    context.work = null;
  }
}

const call = new Script('work()');
let context: { work: (() => unknown) | null } | null = null;
