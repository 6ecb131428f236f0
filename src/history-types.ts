/** A batch among those that lie beside it. */

import type { DriftFacts } from './drift-types.ts';
import type { BatchFacts, Counts, VerdictName } from './summary-types.ts';

/** What is told of it from afar; null is what nothing tells: it did not end, or its summary cannot be read. */
export interface HistoryRow {
  readonly directory: string;
  readonly id: string;
  readonly started_at: string;
  readonly state: BatchFacts['state'];
  readonly agent_version: string | null;
  readonly verdict: VerdictName | null;
  readonly exit_code: number | null;
  readonly counts: Counts | null;
  /** Share of the turns run that ended in error, 0..1. */
  readonly error_rate: number | null;
  readonly scores: readonly { readonly name: string; readonly mean: number | null }[];
  readonly latency_p50_ms: number | null;
  readonly total_tokens: number | null;
  readonly drift: DriftFacts | null;
  /** What is wrong with its summary, a sentence; null: nothing. */
  readonly fault: string | null;
}
