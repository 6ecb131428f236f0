/** The score interval of the difference between two shares seen on the same examples. */

import { bisect } from './bisect.ts';
import { cut, type Interval } from './interval.ts';

/** What became of n examples; neither need be whole. */
export interface Changes {
  readonly n: number;
  /** Failed before, good now. */
  readonly gained: number;
  /** Good before, failed now. */
  readonly lost: number;
}

/** Bounds of (gained − lost)/n at `z` standard errors: the differences that it would not be far from (Tango 1998). */
export function tangoInterval(changes: Changes, z: number): Interval {
  const difference = (changes.gained - changes.lost) / changes.n;
  const interval = {
    low: bisect((at) => score(changes, at) - z, -1, difference),
    high: bisect((at) => score(changes, at) + z, difference, 1),
  };
  return cut(interval, difference, [-1, 1]);
}

/** Standard errors from the difference seen to `at`, with the share of losses that is likeliest if `at` were true. It falls. */
function score({ n, gained, lost }: Changes, at: number): number {
  const distance = gained - lost - n * at;
  const linear = -gained - lost + (2 * n - gained + lost) * at;
  const constant = -lost * at * (1 - at);
  const lostShare = (Math.sqrt(Math.max(0, linear * linear - 8 * n * constant)) - linear) / (4 * n);
  const spread = Math.sqrt(Math.max(0, n * (2 * lostShare + at * (1 - at))));
  if (spread > 0) return distance / spread;
  return distance === 0 ? 0 : distance * Number.POSITIVE_INFINITY;
}
