/** An interval that holds what is estimated with a given confidence. */

import type { Interval } from '../types.ts';

export type { Interval };

/** How an interval was made; docs/design/statistics.md tells when which one is taken. */
export type IntervalMethod = 'wilson' | 'student' | 'bootstrap' | 'tango';

/** The interval cut to what can be, and never without its estimate, which rounding could leave out. */
export function cut(
  { low, high }: Interval,
  estimate: number,
  [least, most]: readonly [number, number],
): Interval {
  return {
    low: Math.min(estimate, Math.max(least, low)),
    high: Math.max(estimate, Math.min(most, high)),
  };
}
