/** The one retry loop: tries a turn until it has an outcome, or another try would be useless or not allowed. */

import type { Try } from './contracts.ts';
import { RequestError } from './errors.ts';
import { type RetryOptions, retryDelayMs } from './retry.ts';
import type { Runtime } from './runtime.ts';
import type { Attempt, Failure, Outcome } from './types.ts';

export interface AttemptOptions extends RetryOptions {
  /** For the whole turn, from its first request: tries, back-off and re-joins included. */
  readonly timeoutMs: number;
}

export interface Attempted {
  readonly outcome: Outcome;
  readonly attempts: readonly Attempt[];
  /** The last try, with what the agent noted in it. */
  readonly last: Try;
  /** From here to when the first request was handed over, ms; null where none was. */
  readonly waitMs: number | null;
  /** The batch gave it up on the way: a later start may yet have an outcome of it. */
  readonly isGivenUp: boolean;
}

/**
 * Calls `ask` once for each attempt, each with a state of its own.
 * @param signal Gives up: no further attempt.
 */
export async function attemptTurn(
  ask: (attempt: Try) => Promise<Outcome>,
  options: AttemptOptions,
  runtime: Runtime,
  signal: AbortSignal,
): Promise<Attempted> {
  const eligibleAt = runtime.now();
  const limit = timeLimit(options.timeoutMs, runtime);
  const attempts: Attempt[] = [];
  let waitMs: number | null = null;
  let mayHaveRun = false;
  let partial: string | null = null;

  for (let number = 1; ; number += 1) {
    const attempt = startTry(number, signal, limit);
    const start = { startedAt: runtime.date().toISOString(), from: runtime.now() };
    const ended = await outcomeOf(ask, attempt);
    if (waitMs === null && attempt.sentAt !== null) waitMs = attempt.sentAt - eligibleAt;
    attempt.answeredAt ??= runtime.now();
    attempts.push(toAttempt(attempt, start, ended.failure));
    const far = { attempts, last: attempt, waitMs };
    if (!(ended instanceof RequestError)) return { ...far, outcome: ended, isGivenUp: false };

    mayHaveRun ||= ended.failure.may_have_run;
    partial = ended.partial ?? partial;
    const tried = { failure: ended.failure, attempt: number, retryAfterMs: ended.retryAfterMs };
    const delayMs = retryDelayMs(tried, options, runtime.random());
    const isLast = delayMs === null || runtime.now() + delayMs >= attempt.deadline;
    if (!isLast) await runtime.sleep(delayMs, signal);
    if (isLast || signal.aborted) {
      const isGivenUp = signal.aborted && (!isLast || ended.failure.kind === 'cancelled');
      return { ...far, outcome: errorOf(ended.failure, partial, mayHaveRun), isGivenUp };
    }
  }
}

interface TimeLimit {
  readonly deadline: number;
  begin(): void;
}

/** One for all attempts of a turn; runs from the first `begin` on. */
function timeLimit(timeoutMs: number, runtime: Runtime): TimeLimit {
  let deadline = Number.POSITIVE_INFINITY;
  return {
    get deadline() {
      return deadline;
    },
    begin: () => {
      if (deadline === Number.POSITIVE_INFINITY) deadline = runtime.now() + timeoutMs;
    },
  };
}

async function outcomeOf(
  ask: (attempt: Try) => Promise<Outcome>,
  attempt: Try,
): Promise<Outcome | RequestError> {
  try {
    return await ask(attempt);
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
}

function startTry(number: number, signal: AbortSignal, limit: TimeLimit): Try {
  return {
    attempt: number,
    revision: 1,
    signal,
    get deadline() {
      return limit.deadline;
    },
    begin: limit.begin,
    sentAt: null,
    firstTokenAt: null,
    answeredAt: null,
    status: null,
    runId: null,
    threadId: null,
  };
}

/** @param start Of the attempt; its latency counts from there where nothing was sent. */
function toAttempt(
  attempt: Try,
  start: { readonly startedAt: string; readonly from: number },
  failure: Failure | null,
): Attempt {
  return {
    attempt: attempt.attempt,
    started_at: start.startedAt,
    latency_ms: roundMs((attempt.answeredAt ?? start.from) - (attempt.sentAt ?? start.from)),
    status: attempt.status ?? failure?.status ?? null,
    run_id: attempt.runId,
    failure,
  };
}

/** To the hundredth: finer is noise, and costs bytes in every record. */
export const roundMs = (ms: number): number => Math.round(ms * 100) / 100;

/** No try brought an outcome. What an earlier try may have done counts too. */
function errorOf(failure: Failure, partial: string | null, mayHaveRun: boolean): Outcome {
  return {
    outcome: 'error',
    response: partial,
    messages: [],
    tool_calls: [],
    interrupts: [],
    usage: null,
    output: null,
    failure: { ...failure, may_have_run: mayHaveRun, uncertain: mayHaveRun },
  };
}
