/** How often: a smooth rate, one place every so many ms, so that no burst follows a pause. */

import type { Runtime } from '../runtime.ts';

export interface Limit {
  /** Resolves when the next request may be sent. False: that would be after the deadline, or `signal` aborted. */
  take(until: { readonly deadline: number; readonly signal: AbortSignal }): Promise<boolean>;
}

/** @param ratePerMs Requests per ms; null for as often as one likes. */
export function createLimit(ratePerMs: number | null, runtime: Runtime): Limit {
  if (ratePerMs === null) return { take: async ({ signal }) => !signal.aborted };
  const spacingMs = 1 / ratePerMs;
  let next = Number.NEGATIVE_INFINITY;
  return {
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
