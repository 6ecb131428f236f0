/** What becomes of a notice after a try, and when it is tried again. Pure. */

import type { Posted } from './post.ts';

export type Fate =
  | { readonly is: 'delivered' }
  /** Trying again would change nothing, or it is too old. */
  | { readonly is: 'given up'; readonly why: string }
  | { readonly is: 'later'; readonly why: string; readonly retryAfterMs: number | null };

/** Who was away for a weekend is told of it. */
const oldestMs = 3 * 24 * 3_600_000;
const longestAskedMs = 3_600_000;

/** @param ageMs Of the notice. */
export function fateOf(posted: Posted, ageMs: number): Fate {
  const [why, asked] =
    'problem' in posted ? [posted.problem, null] : [textOf(posted.status), posted.retryAfterMs];
  if ('status' in posted) {
    const { status } = posted;
    if (status >= 200 && status < 300) return { is: 'delivered' };
    if (!isPassing(status)) return { is: 'given up', why };
  }
  if (ageMs > oldestMs) return { is: 'given up', why: `${why}, for three days` };
  return { is: 'later', why, retryAfterMs: asked === null ? null : Math.min(asked, longestAskedMs) };
}

const isPassing = (status: number) => status >= 500 || [408, 425, 429].includes(status);

const textOf = (status: number) =>
  status >= 300 && status < 400
    ? `it redirects elsewhere (${status}), which is not followed`
    : `it answered ${status}`;

const firstPauseMs = 1_000;
const longestPauseMs = 300_000;

/**
 * ms until the next try: twice as long each time, up to five minutes, half of it by chance; a longer `Retry-After` wins.
 * @param tries Failed in a row, from 1. @param random 0 ≤ random < 1.
 */
export function pauseMs(tries: number, asked: number | null, random: number): number {
  const most = Math.min(longestPauseMs, firstPauseMs * 2 ** (tries - 1));
  return Math.max(asked ?? 0, (most * (1 + random)) / 2);
}
