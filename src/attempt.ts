/** The one retry loop: tries a turn until it has an outcome, or another try would be useless or not allowed. */

import type { Asked } from './concurrency.ts';
import type { Slot, Try } from './contracts.ts';
import { RequestError } from './errors.ts';
import { isRefusal, type Outage, type Step, type Visit } from './outage.ts';
import { isRetryable, type RetryOptions } from './retry.ts';
import type { Runtime } from './runtime.ts';
import { createTries } from './tries.ts';
import type { Attempt, Failure, Outcome } from './types.ts';

export interface AttemptOptions extends RetryOptions {
  /** For the whole turn, from its first request: tries, back-off and re-joins included. */
  readonly timeoutMs: number;
}

/** A turn as the retry loop sees it. */
export interface Steps {
  /** Runs nothing, and needs no slot. */
  prepare?(attempt: Try): Promise<void>;
  ask(attempt: Try): Promise<Outcome>;
  /** Default: there is room for it. */
  readonly slot?: Slot;
  /** Default: nobody waits for the server. */
  readonly outage?: Outage;
  /** Called when a request that asks may be sent. Default: nobody wants to know. */
  began?(): Asked;
  /** Is nothing asked after this turn, so that its slot may be had by others once it is answered? */
  readonly isLast?: boolean;
  /** Of earlier revisions: theirs come first. */
  readonly attempts?: readonly Attempt[];
  /** Of the first attempt: the turn has a record, and is asked once more. */
  readonly again?: Try['again'];
  /** Is it unknown how an earlier revision ended? */
  readonly isUnknown?: boolean;
}

export interface Attempted {
  readonly outcome: Outcome;
  /** Those of earlier revisions too. */
  readonly attempts: readonly Attempt[];
  /** The last try, with what the agent noted in it. */
  readonly last: Try;
  /** From having a slot to when the first request was handed over, ms; null where none was. */
  readonly waitMs: number | null;
  /** The batch gave it up on the way: a later start may yet have an outcome of it. */
  readonly isGivenUp: boolean;
}

/**
 * Calls `prepare` and `ask` once for each attempt, which has a state of its own.
 * @param signal Gives up: no further attempt.
 */
export async function attemptTurn(
  steps: Steps,
  options: AttemptOptions,
  runtime: Runtime,
  signal: AbortSignal,
): Promise<Attempted> {
  const limit = timeLimit(options.timeoutMs, runtime);
  const attempts: Attempt[] = [...(steps.attempts ?? [])];
  const tries = createTries(options, steps.isUnknown ?? false);
  let eligibleAt = runtime.now();
  let waitMs: number | null = null;
  let again = steps.again ?? null;

  for (let number = attempts.length + 1; ; number += 1) {
    const attempt = startTry({ number, again }, signal, { limit, steps, runtime });
    const ended = await outcomeOf(steps, attempt, limit, runtime);
    eligibleAt = attempt.takenAt ?? eligibleAt;
    if (waitMs === null && attempt.sentAt !== null) waitMs = attempt.sentAt - eligibleAt;
    const far = { attempts, last: attempt, waitMs };
    if (ended === null) return { ...far, outcome: tries.endedBy(drained), isGivenUp: true };
    attempt.answeredAt ??= runtime.now();
    attempts.push(toAttempt(attempt, ended.failure));

    const isRequest = ended instanceof RequestError;
    again = isRequest ? null : options.retryAgent === 'none' ? null : options.retryAgent;
    if (isRequest) tries.note(ended);
    if (isRequest && (attempt.isToGoOn || isWaitedOut(ended.failure, steps.outage, options))) continue;
    const delayMs = tries.delayMs(ended, runtime.random());
    const isLast = delayMs === null || runtime.now() + delayMs >= attempt.deadline;
    if (!isLast) await runtime.sleep(delayMs, signal);
    if (isLast || signal.aborted) {
      if (!isRequest) return { ...far, outcome: ended, isGivenUp: false };
      const isGivenUp = signal.aborted && (!isLast || ended.failure.kind === 'cancelled');
      return { ...far, outcome: tries.endedBy(ended.failure), isGivenUp };
    }
  }
}

interface TimeLimit {
  /** Infinity while it rests. */
  readonly deadline: number;
  begin(): void;
  rest(): void;
}

/** One for all attempts of a turn. Waiting for a slot does not count. */
function timeLimit(timeoutMs: number, runtime: Runtime): TimeLimit {
  let leftMs = timeoutMs;
  let deadline = Number.POSITIVE_INFINITY;
  return {
    get deadline() {
      return deadline;
    },
    begin: () => {
      if (deadline === Number.POSITIVE_INFINITY) deadline = runtime.now() + leftMs;
    },
    rest: () => {
      if (deadline === Number.POSITIVE_INFINITY) return;
      leftMs = deadline - runtime.now();
      deadline = Number.POSITIVE_INFINITY;
    },
  };
}

/** Refused like everything else: the next try waits until the server is back, and this one does not count. */
const isWaitedOut = (failure: Failure, outage: Outage | undefined, { delivery }: AttemptOptions): boolean =>
  outage?.isOn === true && isRefusal(failure) && isRetryable(failure, delivery);

/** Null: the batch drains, or gives the server up, before the turn could be asked. */
async function outcomeOf(
  steps: Steps,
  attempt: Started,
  limit: TimeLimit,
  runtime: Runtime,
): Promise<Outcome | RequestError | null> {
  const { prepare, slot, ask } = steps;
  if (prepare !== undefined) {
    const prepared = await visit(steps, 'prepare', { attempt, limit, send: prepare });
    if (prepared === null || prepared instanceof RequestError) return prepared;
  }
  if (slot?.isHeld === false) {
    limit.rest();
    if (!(await slot.take())) return null;
    Object.assign(attempt, startOf(runtime));
    attempt.takenAt = attempt.from;
  }
  return visit(steps, 'ask', { attempt, limit, send: ask });
}

/** One step of an attempt, once the server is there for it. */
async function visit<T>(
  { outage, began }: Steps,
  step: Step,
  { attempt, limit, send }: { attempt: Started; limit: TimeLimit; send: (attempt: Try) => Promise<T> },
): Promise<T | RequestError | null> {
  if (outage?.isOn) limit.rest();
  const visited = outage === undefined ? unwatched : await outage.enter(step);
  if (visited === null) return null;
  const asked = step === 'ask' ? began?.() : undefined;
  attempt.accepted = visited.accepted;
  attempt.refused = (failure, retryAfterMs) => {
    if (isRefusal(failure)) visited.ended(failure, retryAfterMs);
    attempt.isToGoOn = outage?.isOn ?? false;
    return attempt.isToGoOn;
  };
  try {
    const came = await send(attempt);
    visited.ended(null, null);
    asked?.ended(null, null);
    return came;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    visited.ended(error.failure, error.retryAfterMs);
    asked?.ended(error.failure, error.retryAfterMs);
    return error;
  }
}

const unwatched: Visit = { accepted: () => {}, ended: () => {} };

interface Started extends Try {
  accepted: Try['accepted'];
  refused: Try['refused'];
  /** It broke off because the batch waits, and the next one begins where it left off. */
  isToGoOn: boolean;
  /** Null where it had its slot before. */
  takenAt: number | null;
  /** Its latency counts from there where nothing was sent. */
  from: number;
  startedAt: string;
}

const startOf = (runtime: Runtime) => ({ from: runtime.now(), startedAt: runtime.date().toISOString() });

function startTry(
  { number, again }: { number: number; again: Try['again'] },
  signal: AbortSignal,
  { limit, steps, runtime }: { limit: TimeLimit; steps: Steps; runtime: Runtime },
): Started {
  return {
    attempt: number,
    again,
    signal,
    get deadline() {
      return limit.deadline;
    },
    begin: limit.begin,
    accepted: () => {},
    refused: () => false,
    isToGoOn: false,
    release: () => {
      if (steps.isLast) steps.slot?.free();
    },
    ...startOf(runtime),
    takenAt: null,
    sentAt: null,
    firstTokenAt: null,
    answeredAt: null,
    status: null,
    runId: null,
    threadId: null,
  };
}

function toAttempt(attempt: Started, failure: Failure | null): Attempt {
  const { from, sentAt, answeredAt } = attempt;
  return {
    attempt: attempt.attempt,
    started_at: attempt.startedAt,
    latency_ms: roundMs((answeredAt ?? from) - (sentAt ?? from)),
    status: attempt.status ?? failure?.status ?? null,
    run_id: attempt.runId,
    failure,
  };
}

/** To the hundredth: finer is noise, and costs bytes in every record. */
export const roundMs = (ms: number): number => Math.round(ms * 100) / 100;

const drained: Failure = {
  kind: 'cancelled',
  code: 'BATCH_ABORTED',
  message: 'the batch stopped before the turn was begun',
  status: null,
  may_have_run: false,
  uncertain: false,
};
