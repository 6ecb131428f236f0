/** The one retry loop: tries a turn until it has an outcome, or another try would be useless or not allowed. */

import type { Asked } from './concurrency.ts';
import type { Slot, Try } from './contracts.ts';
import { RequestError } from './errors.ts';
import { isRefusal, type Outage, type Step, type Visit } from './outage.ts';
import { isRetryable, type RetryOptions } from './retry.ts';
import type { Runtime } from './runtime.ts';
import { createTries } from './tries.ts';
import { StartedTry, TimeLimit } from './try.ts';
import type { Attempt, Failure, Outcome } from './types.ts';

export interface AttemptOptions extends RetryOptions {
  /** For the whole turn, from its first request: tries, back-off and re-joins included. */
  readonly timeoutMs: number;
}

/** A turn as the retry loop sees it. */
export interface Steps {
  /** Runs nothing, and needs no slot. */
  readonly prepare?: ((attempt: Try) => Promise<void>) | undefined;
  ask(attempt: Try): Promise<Outcome>;
  /** Default: there is room for it. */
  readonly slot?: Slot;
  /** Default: nobody waits for the server. */
  readonly outage?: Outage;
  /** Called when a request that asks may be sent. Default: nobody wants to know. */
  readonly began?: (() => Asked) | undefined;
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
  const limit = new TimeLimit(options.timeoutMs, runtime);
  const shared = { limit, signal, outage: steps.outage, slot: steps.isLast ? steps.slot : undefined };
  const attempts: Attempt[] = [...(steps.attempts ?? [])];
  const tries = createTries(options, steps.isUnknown ?? false);
  let eligibleAt = runtime.now();
  let waitMs: number | null = null;
  let again = steps.again ?? null;

  for (let number = attempts.length + 1; ; number += 1) {
    const last = new StartedTry(number, again, shared, runtime);
    const unready = isReady(steps) ? undefined : await getReady(steps, last, runtime);
    const ended = unready === undefined ? await visit(steps, 'ask', last, steps.ask) : unready;
    eligibleAt = last.takenAt ?? eligibleAt;
    if (waitMs === null && last.sentAt !== null) waitMs = last.sentAt - eligibleAt;
    if (ended === null) {
      return { outcome: tries.endedBy(drained), attempts, last, waitMs, isGivenUp: true };
    }
    last.answeredAt ??= runtime.now();
    attempts.push(last.toAttempt(ended.failure));

    const isRequest = ended instanceof RequestError;
    again = isRequest ? null : options.retryAgent === 'none' ? null : options.retryAgent;
    if (isRequest) tries.note(ended);
    if (isRequest && (last.isToGoOn || isWaitedOut(ended.failure, steps.outage, options))) continue;
    const delayMs = tries.delayMs(ended, runtime.random());
    const isLast = delayMs === null || runtime.now() + delayMs >= last.deadline;
    if (!isLast) await runtime.sleep(delayMs, signal);
    if (isLast || signal.aborted) {
      if (!isRequest) return { outcome: ended, attempts, last, waitMs, isGivenUp: false };
      const isGivenUp = signal.aborted && (!isLast || ended.failure.kind === 'cancelled');
      return { outcome: tries.endedBy(ended.failure), attempts, last, waitMs, isGivenUp };
    }
  }
}

/** Refused like everything else: the next try waits until the server is back, and this one does not count. */
const isWaitedOut = (failure: Failure, outage: Outage | undefined, { delivery }: AttemptOptions): boolean =>
  outage?.isOn === true && isRefusal(failure) && isRetryable(failure, delivery);

const isReady = ({ prepare, slot }: Steps): boolean => prepare === undefined && slot?.isHeld !== false;

/**
 * What a turn needs before it is asked. Undefined: it is ready; null: the batch drains, or gives the server up, before
 * that; an error: it was not to be had.
 */
async function getReady(
  steps: Steps,
  attempt: StartedTry,
  runtime: Runtime,
): Promise<RequestError | null | undefined> {
  const { prepare, slot } = steps;
  if (prepare !== undefined) {
    const prepared = await visit(steps, 'prepare', attempt, prepare);
    if (prepared === null || prepared instanceof RequestError) return prepared;
  }
  if (slot?.isHeld !== false) return undefined;
  attempt.rest();
  if (!(await slot.take())) return null;
  attempt.take(runtime);
  return undefined;
}

/** One step of an attempt, once the server is there for it. */
async function visit<T>(
  { outage, began }: Steps,
  step: Step,
  attempt: StartedTry,
  send: (attempt: Try) => Promise<T>,
): Promise<T | RequestError | null> {
  if (outage?.isOn) attempt.rest();
  const visited = outage === undefined ? unwatched : await outage.enter(step);
  if (visited === null) return null;
  const asked = step === 'ask' ? began?.() : undefined;
  attempt.visit = visited;
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

const drained: Failure = {
  kind: 'cancelled',
  code: 'BATCH_ABORTED',
  message: 'the batch stopped before the turn was begun',
  status: null,
  may_have_run: false,
  uncertain: false,
};
