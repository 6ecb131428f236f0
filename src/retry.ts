/** Is it worth another attempt, and after how long? Pure. */

import type { Delivery, Failure, JobRecord } from './types.ts';

export interface RetryOptions {
  /** Further tries after the first: of a request that failed, and as many of an agent that did. */
  readonly retries: number;
  readonly delivery: Delivery;
  /** What to do when the agent itself failed. */
  readonly retryAgent: 'none' | 'continue' | 'fresh';
}

export interface FailedTry {
  readonly failure: Failure;
  /** How many of its kind failed, this one included. */
  readonly tries: number;
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
  { failure, tries, retryAfterMs }: FailedTry,
  { retries, delivery }: RetryOptions,
  random: number,
): number | null {
  if (tries > retries || !isRetryable(failure, delivery)) return null;
  const waitMs = backOffMs(tries, random);
  return retryAfterMs === null ? waitMs : Math.max(retryAfterMs + random * spreadMs, waitMs);
}

/** The same of an agent that failed: its run ended and is known, so that delivery has no say. */
export function agentRetryDelayMs(
  { failure, tries }: Omit<FailedTry, 'retryAfterMs'>,
  { retries, retryAgent }: RetryOptions,
  random: number,
): number | null {
  const isWorthIt = retryAgent !== 'none' && failure.kind === 'agent' && !failsAgain.has(failure.code);
  return isWorthIt && tries <= retries ? backOffMs(tries, random) : null;
}

/** How a turn that has a record is asked once more: from where its agent failed, if that is wanted, else anew. */
export function againOf(
  replaces: JobRecord | null,
  { retryAgent }: Pick<RetryOptions, 'retryAgent'>,
): 'continue' | 'fresh' | null {
  // What was skipped was never asked.
  if (replaces === null || replaces.outcome === 'skipped') return null;
  return retryAgent === 'continue' && replaces.failure?.kind === 'agent' ? 'continue' : 'fresh';
}

/** Asked once more an agent would fail the same way. */
const failsAgain = new Set(['RECURSION_LIMIT', 'INPUT_REFUSED']);

const backOffMs = (tries: number, random: number): number =>
  random * Math.min(mostMs, baseMs * 2 ** (tries - 1));

/** Refusals that may not be there the next time. */
const passing = new Set(['HTTP_408', 'HTTP_409', 'HTTP_425', 'HTTP_429']);

/** May a request be sent again at all, whatever the number of tries? */
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
