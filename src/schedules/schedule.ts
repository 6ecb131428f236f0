/** A schedule: which dataset is run, when, and how. */

import type { Target, Webhook } from '../webhook.ts';
import type { Timetable } from './cron.ts';

export interface Schedule {
  /** Also that of its directory under `out`. */
  readonly name: string;
  readonly cron: string;
  readonly timezone: string;
  readonly timetable: Timetable;
  /** A path, or a pattern: then each file that is new is a batch. Relative to the file of schedules. */
  readonly dataset: string;
  /** What becomes of a firing while the one before still runs: left out, or done after it (the latest of several). */
  readonly overlap: 'skip' | 'queue';
  /** What becomes of firings that nobody was there for: the latest is made up for, or none. */
  readonly catchUp: 'latest' | 'none';
  /** A firing starts up to so much later than it is due. */
  readonly jitterMs: number;
  /** How many finished firings are kept; null: all. */
  readonly keepLast: number | null;
  readonly webhooks: readonly Webhook[];
  /** Called after each good firing. */
  readonly ping: Target | null;
  /** Options of `run` by flag, as a person would type their values; an empty list: a switch that is on. */
  readonly options: RunFlags;
}

export type RunFlags = Readonly<Record<string, readonly string[]>>;

export interface Schedules {
  /** Where the batches go. Relative to the file of schedules. */
  readonly out: string;
  /** At once, of all schedules together; null: no bound. */
  readonly maxBatches: number | null;
  readonly all: readonly Schedule[];
}

/** Does it stand for files that arrive? */
export const isPattern = (dataset: string): boolean => /[*?{[]/.test(dataset);
