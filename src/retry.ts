/** Is it worth another attempt, and after how long? Pure. */

import type { Delivery, Failure } from './types.ts';

export interface RetryOptions {
  /** Further tries after the first. */
  readonly retries: number;
  readonly delivery: Delivery;
}

export interface FailedTry {
  readonly failure: Failure;
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  /** How long the server asked to wait; null where it did not. */
  readonly retryAfterMs: number | null;
}

const baseMs = 500;
const mostMs = 30_000;
/** Spreads out those who were all told the same time, and stays within what the server asked. */
const spreadMs = 250;

/**
 * ms to wait before the next attempt; null where there is to be none.
 * Back-off has full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"); a longer `Retry-After` wins.
 * @param random 0 ≤ random < 1.
 */
export function retryDelayMs(
  tried: FailedTry,
  { retries, delivery }: RetryOptions,
  random: number,
): number | null {
  if (tried.attempt > retries || !isRetryable(tried.failure, delivery)) return null;
  const backOffMs = random * Math.min(mostMs, baseMs * 2 ** (tried.attempt - 1));
  return tried.retryAfterMs === null
    ? backOffMs
    : Math.max(tried.retryAfterMs + random * spreadMs, backOffMs);
}

/** Refusals that may not be there the next time. */
const passing = new Set(['HTTP_408', 'HTTP_409', 'HTTP_425', 'HTTP_429']);

/** May it be sent again at all, whatever the number of tries? */
export function isRetryable(
  { kind, code, status, may_have_run: mayHaveRun }: Failure,
  delivery: Delivery,
): boolean {
  // What may have run is repeated only as delivery allows: exactly-once looks at the thread before it sends again.
  if (mayHaveRun && delivery === 'at-most-once') return false;
  switch (kind) {
    case 'connect':
    case 'reset':
      return true;
    case 'protocol':
      return code !== 'ANSWER_TOO_LARGE' && code !== 'ANSWER_TOO_DEEP';
    case 'timeout':
      return code !== 'TIMEOUT';
    case 'http':
      return passing.has(code) || (status ?? 0) >= 500;
    case 'agent':
    case 'cancelled':
    case 'auth':
    case 'not_found':
    case 'invalid':
      return false;
  }
}
