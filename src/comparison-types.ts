/** Two batches side by side, and what a question about them takes to be answered. */

import type { Interval, Json } from './types.ts';

export type ComparisonVerdict = 'OK' | 'REGRESSED' | 'INCONCLUSIVE';

/** One of two batches that were compared. */
export interface ComparedBatch {
  readonly id: string;
  /** A batch directory, or a baseline file. */
  readonly path: string;
  readonly agent_version: string | null;
  readonly started_at: string | null;
  /** Examples in all. */
  readonly examples: number;
}

/** An example whose score changed. Texts are null where one of the two keeps none. */
export interface Flip {
  readonly id: string;
  readonly scorer: string;
  /** Mean of its trials, 0..1. */
  readonly baseline: number;
  readonly candidate: number;
  readonly input: Json;
  readonly expected: Json;
  readonly baseline_response: string | null;
  readonly candidate_response: string | null;
  /** Why it has the score it has, in the candidate. */
  readonly reason: string | null;
  /** Did an answer come only after a retry, in one of the two? */
  readonly after_retry: boolean;
}

/** One scorer's comparison. */
export interface ScorerComparison {
  readonly name: string;
  readonly verdict: ComparisonVerdict;
  readonly sentence: string;
  /** With a score in both. */
  readonly examples: number;
  readonly baseline: number | null;
  readonly candidate: number | null;
  readonly difference: number | null;
  readonly interval: Interval | null;
  /** One-sided, by Holm over the scorers. */
  readonly p: number;
  readonly caution: string | null;
  /** Examples whose score fell, and rose. */
  readonly lost: number;
  readonly gained: number;
}

/** How much more the candidate takes, as a ratio of medians by example: 1.1 is a tenth more. */
export interface RatioComparison {
  readonly name: 'latency_ms' | 'total_tokens' | 'cost';
  readonly examples: number;
  readonly ratio: number | null;
  readonly interval: Interval | null;
}

/** How often the answers called a tool: calls by turn that succeeded, on average. */
export interface ToolComparison {
  readonly name: string;
  readonly baseline: number;
  readonly candidate: number;
}

/** Two batches over the same examples. */
export interface Comparison {
  readonly verdict: ComparisonVerdict;
  /** One line for a person. */
  readonly sentence: string;
  /** The drop of a mean score that is allowed, 0..1. */
  readonly max_drop: number;
  readonly baseline: ComparedBatch;
  readonly candidate: ComparedBatch;
  /** Examples in both, with the same input. */
  readonly pairs: number;
  readonly only_in_baseline: number;
  readonly only_in_candidate: number;
  /** Same id, another input: left out. */
  readonly inputs_differ: number;
  /** Turns of the pairs that ended in error, in each. */
  readonly errors: { readonly baseline: number; readonly candidate: number };
  /** All turns of the pairs, by what became of them, in each. */
  readonly turns: { readonly baseline: ComparedTurns; readonly candidate: ComparedTurns };
  readonly scorers: readonly ScorerComparison[];
  readonly ratios: readonly RatioComparison[];
  /** For a look: the most changed first, at most 20; none where one of the two keeps none. */
  readonly tools: readonly ToolComparison[];
  /** Those that fell first, the farthest first; at most 100 of each way. */
  readonly flips: readonly Flip[];
  /** With `--group-by`: a scorer's means by the value of a column, for a look and not for a verdict. */
  readonly groups: readonly {
    readonly value: string;
    readonly scorer: string;
    readonly examples: number;
    readonly baseline: number;
    readonly candidate: number;
  }[];
  /** What was left out or is to be known beside it, a sentence each. */
  readonly notes: readonly string[];
}

/** Turns of all trials: each stands in one of these. */
export interface ComparedTurns {
  /** By at least one of the scorers. */
  readonly scored: number;
  readonly not_scored: number;
  /** Ended in error. */
  readonly failed: number;
  readonly interrupted: number;
  readonly skipped: number;
}

/** How many examples, and trials of each, a drop of a scorer's mean needs to be found. */
export interface Sizing {
  readonly mean: number;
  /** With a score. */
  readonly examples: number;
  /** Of each, on average. */
  readonly trials: number;
  /** Variance from trial to trial of one example. */
  readonly within: number;
  /** No example was asked twice: all of p(1 − p) is taken for noise, which asks for too many rather than too few. */
  readonly isAssumed: boolean;
  /** How many examples are needed at so many trials of each. */
  readonly needed: readonly { readonly trials: number; readonly examples: number }[];
  /** What as many examples, with as many trials, would tell. */
  readonly asItIs: {
    /** How surely the drop is found, 0..1. */
    readonly power: number;
    /** That is found as surely as asked. */
    readonly smallestDrop: number;
    /** Trials of each in both runs that would do; null where none would. */
    readonly trials: number | null;
  };
}
