/** How often: a smooth rate, one place every so many ms, so that no burst follows a pause; and none while the server says so. */

import type { Runtime } from '../runtime.ts';

export interface Limit {
  /**
   * Tells when the next request may be sent: at once where it need not wait. False: that would be after the deadline,
   * or `signal` aborted.
   */
  take(until: { readonly deadline: number; readonly signal: AbortSignal }): boolean | Promise<boolean>;
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
    take: ({ deadline, signal }) => {
      const at = Math.max(next, runtime.now());
      if (at >= deadline || signal.aborted) return false; // and takes no place
      next = at + spacingMs;
      const waitMs = at - runtime.now();
      return waitMs <= 0 || runtime.sleep(waitMs, signal).then(() => !signal.aborted);
    },
  };
}
