/**
 * One attempt under way, and the time limit that all attempts of a turn share.
 *
 * Classes, and no literals with getters and closures: V8 makes each of those a dictionary of its own, and reads it many
 * times more slowly.
 */

import type { Slot, Try } from './contracts.ts';
import { isRefusal, type Outage, type Visit } from './outage.ts';
import { isoTime, type Runtime } from './runtime.ts';
import type { Attempt, Failure, GivenAnswer } from './types.ts';

/** One for all attempts of a turn. Waiting for a slot does not count. */
export class TimeLimit {
  /** Infinity while it rests. */
  deadline = Number.POSITIVE_INFINITY;
  private leftMs: number;
  private readonly runtime: Runtime;

  constructor(timeoutMs: number, runtime: Runtime) {
    this.leftMs = timeoutMs;
    this.runtime = runtime;
  }

  begin(): void {
    if (this.deadline === Number.POSITIVE_INFINITY) this.deadline = this.runtime.now() + this.leftMs;
  }

  rest(): void {
    if (this.deadline === Number.POSITIVE_INFINITY) return;
    this.leftMs = this.deadline - this.runtime.now();
    this.deadline = Number.POSITIVE_INFINITY;
  }
}

/** What the attempts of a turn have in common. */
export interface Shared {
  readonly limit: TimeLimit;
  readonly signal: AbortSignal;
  readonly outage: Outage | undefined;
  /** To be given back once the run has ended; undefined where another turn needs it. */
  readonly slot: Slot | undefined;
}

const none: readonly GivenAnswer[] = [];

/** An attempt as the retry loop sees it. */
export class StartedTry implements Try {
  readonly attempt: number;
  readonly again: Try['again'];
  sentAt: number | null = null;
  firstTokenAt: number | null = null;
  answeredAt: number | null = null;
  status: number | null = null;
  runId: string | null = null;
  threadId: string | null = null;
  answers: readonly GivenAnswer[] = none;
  /** Where it asks the server just now. */
  visit: Visit | null = null;
  /** It broke off because the batch waits, and the next one begins where it left off. */
  isToGoOn = false;
  /** Null where it had its slot before. */
  takenAt: number | null = null;
  /** Its latency counts from there where nothing was sent. */
  from: number;
  private startedAt: Date;
  private readonly shared: Shared;

  constructor(attempt: number, again: Try['again'], shared: Shared, runtime: Runtime) {
    this.attempt = attempt;
    this.again = again;
    this.shared = shared;
    this.from = runtime.now();
    this.startedAt = runtime.date();
  }

  get signal(): AbortSignal {
    return this.shared.signal;
  }

  get deadline(): number {
    return this.shared.limit.deadline;
  }

  begin(): void {
    this.shared.limit.begin();
  }

  /** It waits, and its time limit with it. */
  rest(): void {
    this.shared.limit.rest();
  }

  /** It has its slot only now. */
  take(runtime: Runtime): void {
    this.from = runtime.now();
    this.startedAt = runtime.date();
    this.takenAt = this.from;
  }

  accepted(): void {
    this.visit?.accepted();
  }

  refused(failure: Failure, retryAfterMs: number | null): boolean {
    if (isRefusal(failure)) this.visit?.ended(failure, retryAfterMs);
    this.isToGoOn = this.shared.outage?.isOn ?? false;
    return this.isToGoOn;
  }

  release(): void {
    this.shared.slot?.free();
  }

  /** @param failure Null where it brought an answer. */
  toAttempt(failure: Failure | null): Attempt {
    return {
      attempt: this.attempt,
      started_at: isoTime(this.startedAt),
      latency_ms: roundMs((this.answeredAt ?? this.from) - (this.sentAt ?? this.from)),
      status: this.status ?? failure?.status ?? null,
      run_id: this.runId,
      failure,
    };
  }
}

/** To the hundredth: finer is noise, and costs bytes in every record. */
export const roundMs = (ms: number): number => Math.round(ms * 100) / 100;
