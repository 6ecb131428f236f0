/** How often: a smooth rate, one place every so many ms, so that no burst follows a pause; and none while the server says so. */

import type { Runtime } from '../runtime.ts';

export interface Limit {
  /** Resolves when the next request may be sent. False: that would be after the deadline, or `signal` aborted. */
  take(until: { readonly deadline: number; readonly signal: AbortSignal }): Promise<boolean>;
  /** The server takes none for so long. */
  rest(ms: number): void;
}

/** @param ratePerMs Requests per ms; null for as often as one likes. */
export function createLimit(ratePerMs: number | null, runtime: Runtime): Limit {
  const spacingMs = ratePerMs === null ? 0 : 1 / ratePerMs;
  let next = Number.NEGATIVE_INFINITY;
  return {
    rest: (ms) => {
      next = Math.max(next, runtime.now() + ms);
    },
    take: async ({ deadline, signal }) => {
      const at = Math.max(next, runtime.now());
      if (at >= deadline || signal.aborted) return false; // and takes no place
      next = at + spacingMs;
      const waitMs = at - runtime.now();
      if (waitMs > 0) await runtime.sleep(waitMs, signal);
      return !signal.aborted;
    },
  };
}
