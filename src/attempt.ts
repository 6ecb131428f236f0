/** The one retry loop: tries a turn until it has an outcome, or another try would be useless or not allowed. */

import type { Try } from './contracts.ts';
import { RequestError } from './errors.ts';
import { type RetryOptions, retryDelayMs } from './retry.ts';
import type { Runtime } from './runtime.ts';
import type { Attempt, Outcome } from './types.ts';

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
  const attempts: Attempt[] = [];
  let deadline = Number.POSITIVE_INFINITY;
  let waitMs: number | null = null;
  let mayHaveRun = false;

  for (let number = 1; ; number += 1) {
    const attempt = startTry(number, signal, {
      deadline: () => deadline,
      begin: () => {
        if (deadline === Number.POSITIVE_INFINITY) deadline = runtime.now() + options.timeoutMs;
      },
    });
    const startedAt = runtime.date().toISOString();
    const from = runtime.now();
    const ended = await outcomeOf(ask, attempt);
    if (waitMs === null && attempt.sentAt !== null) waitMs = attempt.sentAt - eligibleAt;
    attempt.answeredAt ??= runtime.now();
    attempts.push(
      toAttempt(attempt, startedAt, from, ended instanceof RequestError ? ended.failure : ended.failure),
    );
    if (!(ended instanceof RequestError)) return { outcome: ended, attempts, last: attempt, waitMs };

    mayHaveRun ||= ended.failure.may_have_run;
    const tried = { failure: ended.failure, attempt: number, retryAfterMs: ended.retryAfterMs };
    const delayMs = signal.aborted ? null : retryDelayMs(tried, options, runtime.random());
    if (delayMs === null || runtime.now() + delayMs >= deadline) {
      return { outcome: errorOf(ended, mayHaveRun), attempts, last: attempt, waitMs };
    }
    await runtime.sleep(delayMs, signal);
  }
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

function startTry(
  number: number,
  signal: AbortSignal,
  time: { deadline: () => number; begin: () => void },
): Try {
  return {
    attempt: number,
    revision: 1,
    signal,
    get deadline() {
      return time.deadline();
    },
    begin: time.begin,
    sentAt: null,
    firstTokenAt: null,
    answeredAt: null,
    status: null,
    runId: null,
    threadId: null,
  };
}

function toAttempt(attempt: Try, startedAt: string, from: number, failure: Attempt['failure']): Attempt {
  return {
    attempt: attempt.attempt,
    started_at: startedAt,
    latency_ms: roundMs((attempt.answeredAt ?? from) - (attempt.sentAt ?? from)),
    status: attempt.status,
    run_id: attempt.runId,
    failure,
  };
}

/** To the hundredth: finer is noise, and costs bytes in every record. */
export const roundMs = (ms: number): number => Math.round(ms * 100) / 100;

/** No try brought an outcome. What an earlier try may have done counts too. */
function errorOf({ failure, partial }: RequestError, mayHaveRun: boolean): Outcome {
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
