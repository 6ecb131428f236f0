/** Work that may take forever, such as a search by somebody's expression, ended after a time. */

import { createContext, Script } from 'node:vm';

/** After so many the rest of a batch is not kept waiting. */
export const mostTimeouts = 10;

/**
 * V8 is told to end the work after a time, which it can in the midst of backtracking, on this thread: no worker, no text
 * handed across. Starting its watchdog costs a tenth of a millisecond: what is known to be short goes without.
 */
export class TimeLimit {
  private readonly ms: number;
  private timeouts = 0;

  constructor(ms: number) {
    this.ms = ms;
  }

  /** Has it taken too long so often that nothing is begun any more? */
  get isGivenUp(): boolean {
    return this.timeouts >= mostTimeouts;
  }

  /** What came of it, or null: it took too long. What it throws is thrown. It must leave nothing half done behind. */
  run<T>(work: () => T): { readonly value: T } | null {
    if (this.isGivenUp) return null;
    context ??= createContext({ work: null }) as { work: (() => unknown) | null };
    context.work = work;
    try {
      return { value: call.runInContext(context, { timeout: this.ms }) as T };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      this.timeouts += 1;
      return null;
    } finally {
      context.work = null;
    }
  }
}

const call = new Script('work()');
let context: { work: (() => unknown) | null } | null = null;
