/** Records added up: what `summary.json` holds, named as it is written there. */

import type { Comparison } from './comparison-types.ts';
import type { DriftFacts } from './drift-types.ts';
import type { Delivery, FailureKind, Interval, Json, Mode, OutcomeName, Usage } from './types.ts';

/** How a batch's turns ended; `planned` is the sum of the others. */
export interface Counts {
  readonly planned: number;
  readonly success: number;
  readonly error: number;
  readonly interrupted: number;
  readonly skipped: number;
  readonly not_yet: number;
  /** Among `error`: those whose end is unknown. */
  readonly uncertain: number;
  /** Among `interrupted`: those that ask what their examples expect, which is what they were to do. */
  readonly interrupted_as_expected: number;
}

/** Failures and interrupts with one cause. */
export interface FailureGroup {
  readonly outcome: OutcomeName;
  readonly kind: FailureKind;
  readonly code: string;
  /** Is it unknown how they ended? Told apart, for what to do differs. */
  readonly uncertain: boolean;
  readonly count: number;
  /** The first one's message. */
  readonly message: string;
  /** Up to three ids. */
  readonly ids: readonly string[];
}

/** A scorer's figures over a batch. Shares and means are by example, each counting the same; null where nothing tells them. */
export interface ScoreFigures {
  readonly name: string;
  /** Turns with a score. */
  readonly scored: number;
  /** Turns that succeeded and were not scored. */
  readonly not_scored: number;
  /** Turns that ended in error: they have no score, and count as 0 in `mean_errors_as_fail` alone. */
  readonly failed: number;
  readonly interrupted: number;
  /** Examples with a score. */
  readonly examples: number;
  readonly mean: number | null;
  /** The lowest of an example. */
  readonly min: number | null;
  /** Of the mean, 95 %. */
  readonly interval: Interval | null;
  /** What is to be known of the interval, a sentence. */
  readonly caution: string | null;
  readonly mean_errors_as_fail: number | null;
  readonly interval_errors_as_fail: Interval | null;
  /** For each k that is asked for, the highest last; none where each example was asked once. */
  readonly repeats: readonly RepeatFigures[];
  /** Null where each example was asked once. */
  readonly steadiness: Steadiness | null;
  /** Of a judge, with `--judge-labels`. */
  readonly agreement?: AgreementFigures | undefined;
}

/** Whether a judge says what people say: a score from 0.5 is a pass. */
export interface AgreementFigures {
  /** Cohen's κ: 1 is agreement throughout, 0 as much as by chance; null where both always say one and the same. */
  readonly kappa: number | null;
  /** Of 95 %; null where nothing supports one: below 20 answers, or where examples have several. */
  readonly interval: Interval | null;
  /** The share that agrees; null without any answer. */
  readonly share: number | null;
  /** Answers with a score and a label. */
  readonly n: number;
  /** Labels that are neither pass nor fail. */
  readonly unread: number;
}

/** How surely k trials of an example are good, which is a score of 1. */
export interface RepeatFigures {
  readonly k: number;
  /** At least one of k trials is good. */
  readonly pass_at_k: Share | null;
  /** All k trials are good. */
  readonly pass_hat_k: Share | null;
  /** Examples with fewer scored trials. */
  readonly left_out: number;
}

/** 0..1. */
export interface Share {
  readonly mean: number;
  /** Of 95 %; null for a single example. */
  readonly interval: Interval | null;
}

/** Examples by whether all of their trials are good, some, or none; those with fewer than two scored trials are left out. */
export interface Steadiness {
  readonly steady: number;
  readonly flaky: number;
  readonly broken: number;
  /** Up to ten ids each, in dataset order. */
  readonly flaky_ids: readonly string[];
  readonly broken_ids: readonly string[];
}

/** A gate and what it came to. */
export interface GateResult {
  /** As it was given. */
  readonly gate: string;
  readonly holds: boolean;
  /** What was compared; null where nothing tells it, and then it does not hold. */
  readonly value: number | null;
  /** One line for a person: what was seen, or why nothing was. */
  readonly sentence: string;
}

/** A distribution in ms. A percentile that so few values cannot support is null. */
export interface Distribution {
  readonly n: number;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

export type VerdictName = 'OK' | 'REGRESSED' | 'INCONCLUSIVE' | 'FAILED';

/** What the batch comes to. The printed verdict, `summary.json` and the exit code all come from here. */
export interface Verdict {
  readonly verdict: VerdictName;
  readonly exit_code: number;
  /** One line for a person. */
  readonly sentence: string;
}

/** Why a batch ended before every turn had its record. */
export interface Stop {
  readonly code:
    | 'rest'
    | 'signal'
    | 'unreachable'
    | 'needs_person'
    | 'try_later'
    | 'brake'
    | 'budget'
    | 'decided';
  /** One sentence: what happened and what to do. */
  readonly message: string;
  /** Of `signal`: SIGINT, SIGTERM or SIGHUP. */
  readonly signal?: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | undefined;
}

/** What is spent of a limit, and by one turn on average; null until a turn has told it. */
export interface Amount {
  readonly limit: number;
  readonly spent: number;
  readonly mean: number | null;
}

/** What a batch may spend and has spent: in all its records, those of earlier starts and replaced ones too. */
export interface BudgetFacts {
  readonly tokens: Amount | null;
  /** In the currency of `--price`. */
  readonly cost: Amount | null;
  /** Turns that ran, or may have, and told no usage: each is counted as the mean. */
  readonly untold: number;
}

/** What `--concurrency auto` found since this start. */
export interface ConcurrencyFacts {
  /** Jobs in flight at the end, at most. */
  readonly limit: number;
  /** What it held when it was told last; null: the first climb was not over. */
  readonly settled: number | null;
  /** One line for a person. */
  readonly sentence: string;
  /** Its changes, thinned to at most 200. */
  readonly history: readonly { readonly at_ms: number; readonly limit: number; readonly why: string }[];
}

/** What a batch is, as its reports tell it. */
export interface BatchFacts {
  readonly id: string;
  readonly directory: string;
  readonly dataset: string;
  readonly agent: {
    readonly url: string;
    readonly id: string;
    readonly name: string | null;
    readonly version: string | null;
  };
  readonly mode: Mode;
  readonly delivery: Delivery;
  readonly state: 'running' | 'finished' | 'stopped';
  readonly started_at: string;
}

/** Records added up: `summary.json`. */
export interface Summary {
  readonly format: 1;
  readonly batch: BatchFacts;
  readonly verdict: Verdict;
  readonly stop: Stop | null;
  readonly counts: Counts;
  /** Turns asked since this start. */
  readonly asked: number;
  /** Wall time since this start, ms. */
  readonly elapsed_ms: number;
  readonly failures: readonly FailureGroup[];
  readonly latency_ms: Distribution;
  readonly ttft_ms: Distribution;
  readonly wait_ms: Distribution;
  readonly usage: Usage | null;
  /** In the order of the scorers; none where nothing is scored. */
  readonly scores: readonly ScoreFigures[];
  readonly gates: readonly GateResult[];
  /** With a baseline; null without. */
  readonly comparison: Comparison | null;
  /** With `--baseline previous` or `rolling(n)`; null without. */
  readonly drift: DriftFacts | null;
  /** Of `usage`; null without a price. */
  readonly cost: number | null;
  /** Null where the batch has none. */
  readonly budget: BudgetFacts | null;
  /** Null where it is a fixed number. */
  readonly concurrency: ConcurrencyFacts | null;
  /** What a person is to know beside all this, a sentence each. */
  readonly notes: readonly string[];
  /** The first three successes. */
  readonly samples: readonly {
    readonly id: string;
    readonly turn: number | null;
    readonly input: Json;
    readonly response: string | null;
  }[];
}
