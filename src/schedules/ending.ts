/** What the end of a batch's process means. Pure. */

import type { DriftFacts } from '../drift-types.ts';
import type { Summary } from '../summary-types.ts';
import type { BatchEnd, Health } from './state.ts';

/** How one start of a batch ended. */
export interface Ending {
  /** Null: it was killed. */
  readonly code: number | null;
  /** What it said last. */
  readonly lastLine: string | null;
  /** Of the batch; null where it has none. */
  readonly summary: BatchSummary | null;
}

export type BatchSummary = Pick<Summary, 'batch' | 'verdict' | 'counts' | 'scores'> & {
  readonly drift?: DriftFacts | null;
};

/**
 * Null where it is to be tried again: the server away, the disk full, the directory another's (3), stopped by somebody
 * else's signal, or killed. 0 and 1 are ends, 2 and 4 ask for a person.
 */
export function endOf({ code, lastLine, summary }: Ending): BatchEnd | null {
  if (code === 0 || code === 1)
    return {
      exit_code: code,
      verdict: summary?.verdict.verdict ?? null,
      sentence: summary?.verdict.sentence ?? lastLine ?? `ended with exit code ${code}`,
    };
  if (code === 2 || code === 4)
    return { exit_code: code, verdict: null, sentence: lastLine ?? `ended with exit code ${code}` };
  return null;
}

/** A batch that no try brought to an end before the next was due. */
export const givenUp = ({ code, lastLine }: Pick<Ending, 'code' | 'lastLine'>): BatchEnd => ({
  exit_code: code,
  verdict: null,
  sentence: `could not be finished before the next firing was due${lastLine === null ? '' : `: ${lastLine}`}`,
});

export function healthOf({ exit_code, verdict }: BatchEnd): Health {
  if (exit_code === 0) return 'good';
  return exit_code === 1 && verdict === 'REGRESSED' ? 'regressed' : 'failed';
}

const rank = { good: 0, regressed: 1, failed: 2 } as const satisfies Record<Health, number>;

/** Of a firing of several batches, that of the worst. */
export const worstOf = (all: readonly Health[]): Health =>
  all.reduce<Health>((worst, one) => (rank[one] > rank[worst] ? one : worst), 'good');
