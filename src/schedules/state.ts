/** What the scheduler knows across its starts: the state file, as it is written there. Times are ISO 8601 in UTC. */

import type { VerdictName } from '../summary-types.ts';

export interface SchedulerState {
  readonly format: 1;
  readonly schedules: { [name: string]: ScheduleState };
}

export interface ScheduleState {
  /** All firings due up to here were decided on, and are never again. */
  decided_up_to: string;
  /** Begun, or about to begin, and not over. */
  firing: Firing | null;
  /** When the one was due that waits for the end of that. */
  queued: string | null;
  /** How the last one went; null: none has ended. */
  health: Health | null;
  /** The latest, the newest last. */
  readonly ended: EndedFiring[];
  /** Of a schedule whose files arrive: all that it ever took. */
  readonly arrived: ArrivedFile[];
}

/** A file is known by its path and what it holds. */
export interface ArrivedFile extends FileFacts {
  readonly path: string;
  /** Where its batch is, under `out`. */
  readonly directory: string;
  /** Is that batch finished? */
  is_done: boolean;
}

export interface FileFacts {
  readonly sha256: string;
  readonly size: number;
  readonly modified: string;
}

export type Health = 'good' | 'failed' | 'regressed';

export interface Firing {
  readonly due: string;
  /** With its jitter. */
  readonly starts_at: string;
  /** Null: which datasets it has is not known before it starts. */
  batches: FiringBatch[] | null;
}

export interface FiringBatch {
  /** As `run` is given it. */
  readonly dataset: string;
  /** Under `out`. */
  readonly directory: string;
  /** Of a file that arrived; null where the dataset is one that stays. */
  readonly file: FileFacts | null;
  /** Starts that did not come to an end. */
  tries: number;
  next_try_at: string;
  end: BatchEnd | null;
}

/** How a batch ended. */
export interface BatchEnd {
  readonly exit_code: number | null;
  readonly verdict: VerdictName | null;
  readonly sentence: string;
}

export interface EndedFiring {
  readonly due: string;
  readonly ended_at: string;
  readonly health: Health;
  readonly batches: readonly FiringBatch[];
}

/** Kept of each schedule: what more there was stands in the batches. */
export const mostEnded = 60;

/** Nothing is made up for of the time before a schedule was there. */
export const newState = (nowMs: number): ScheduleState => ({
  decided_up_to: iso(nowMs),
  firing: null,
  queued: null,
  health: null,
  ended: [],
  arrived: [],
});

export const iso = (ms: number): string => new Date(ms).toISOString();

/** A firing's name: that of its directory. */
export const firingName = (due: string): string => `${due.slice(0, 19).replace(/[-:]/g, '')}Z`;
