/** What is told of a batch to whoever asked to be told: webhooks, logs and metrics are given the same. */

import type { DriftFacts } from './drift-types.ts';
import type { Counts, ScoreFigures, Verdict } from './summary-types.ts';

/**
 * `started`, then `finished` or `failed` · `regressed`, `recovered`: beside these, where the state changed ·
 * `missed`: a firing that came while nobody was there, or while the one before still ran.
 */
export const noticeNames = ['started', 'finished', 'failed', 'regressed', 'recovered', 'missed'] as const;
export type NoticeName = (typeof noticeNames)[number];

/** How it is sent to a webhook. */
export const webhookFormats = ['json', 'slack'] as const;

export interface Notice {
  /** The same whenever it is sent again. */
  readonly id: string;
  readonly event: NoticeName;
  /** When it came about, ISO 8601 in UTC. */
  readonly at: string;
  /** Null: a run by hand. */
  readonly schedule: string | null;
  /** When the firing was due; null: a run by hand. */
  readonly firing: string | null;
  /** One sentence for a person. */
  readonly sentence: string;
  /** Null where no batch was begun. */
  readonly batch: {
    readonly id: string | null;
    readonly directory: string;
    readonly dataset: string;
    /** Null where it was never reached. */
    readonly agent: {
      readonly id: string;
      readonly name: string | null;
      readonly version: string | null;
    } | null;
  } | null;
  /** Of an end; null otherwise. */
  readonly verdict: Verdict['verdict'] | null;
  readonly exit_code: number | null;
  readonly counts: Counts | null;
  readonly scores: readonly Pick<ScoreFigures, 'name' | 'mean' | 'interval'>[];
  readonly drift: DriftFacts | null;
}
