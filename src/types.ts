/**
 * The data threadmill works on.
 *
 * Terminology (one word each, see docs/design/house.md):
 *   dataset  a file of examples            example  one thing to ask the agent
 *   trial    the n-th time it is asked     job      what an engine does at once
 *   turn     one question of a job         attempt  one try at a turn
 *   outcome  how a turn ended              failure  why it did not succeed
 *   record   one finished turn, a line of `results.jsonl`
 *
 * What is written to the record is named as it is written there (snake_case), so that a field can be
 * searched from the file to the code; everything else is camelCase.
 */

export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

/** A string is one user message, an array is chat messages, an object is the graph's input as it is. */
export type Input = string | JsonObject[] | JsonObject;

/** A tool call that an example expects: by name, or with its arguments. */
export type ExpectedTool = string | { name: string; args: JsonObject };

/** What an example expects to be asked: a tool to be approved, by name or with its arguments, or a question. */
export type ExpectedInterrupt = ExpectedTool | { question: Json };

/** One thing to ask the agent. */
export interface Example {
  /** Unique in the dataset. */
  readonly id: string;
  /** Place in the dataset, from 0; bad rows count. */
  readonly index: number;
  readonly input: Input;
  /** A whole conversation in one row; `input` is then its first turn. */
  readonly turns?: readonly string[] | undefined;
  /** Examples of one thread are turns of one conversation, in file order. */
  readonly thread?: string | undefined;
  /** `null` means unknown. */
  readonly expected: Json;
  readonly expectedTools?: readonly ExpectedTool[] | undefined;
  /** What its run stops to ask, answered or not; empty: nothing. */
  readonly expectedInterrupts?: readonly ExpectedInterrupt[] | undefined;
  /** Scripted answers to interrupts, in order. */
  readonly resume?: readonly Json[] | undefined;
  readonly metadata: JsonObject;
  /** The row's own cells, for `results.csv`: in the header's order (CSV) or by field (JSON). */
  readonly cells: readonly string[] | JsonObject;
}

/** A row that cannot be read, where these are skipped and not refused. */
export interface BadRow {
  /** `line-17`. */
  readonly id: string;
  readonly index: number;
  /** `file:line: what was expected, what was seen`. */
  readonly problem: string;
  readonly cells: readonly string[] | JsonObject;
}

export type OutcomeName = 'success' | 'error' | 'interrupted' | 'skipped';
export const outcomeNames = ['success', 'error', 'interrupted', 'skipped'] as const;

export const failureKinds = [
  'connect',
  'timeout',
  'reset',
  'http',
  'protocol',
  'agent',
  'cancelled',
  'auth',
  'not_found',
  'invalid',
] as const;
export type FailureKind = (typeof failureKinds)[number];

/** Why a turn did not end in success. Plain data: written to the record, decided on by code and never by message. */
export interface Failure {
  readonly kind: FailureKind;
  /** Stable, upper case, e.g. `HTTP_503`; docs/guide/failures.md lists them. */
  readonly code: string;
  /** What happened and what a person can do. */
  readonly message: string;
  /** HTTP status, where one came. */
  readonly status: number | null;
  /** Could the agent have had effects? */
  readonly may_have_run: boolean;
  /** Is it unknown how it ended? */
  readonly uncertain: boolean;
}

export interface ToolCall {
  readonly name: string;
  readonly args: Json;
  readonly id: string | null;
}

/** What a run that waits for a human asks. */
export interface Interrupt {
  readonly id: string | null;
  readonly value: Json;
}

/** What a run that waited for a human was answered. */
export interface GivenAnswer {
  /** Which stop of the turn's, from 1: all that a run asks at one stop is answered at once. */
  readonly stop: number;
  readonly interrupt_id: string | null;
  /** What was asked; null at a breakpoint, which asks nothing. */
  readonly asked: Json;
  /** As it was sent; null lets a breakpoint go on. */
  readonly answer: Json;
  /** The example's `resume` · `--answers` · `--on-interrupt` · `threadmill answer`. */
  readonly by: 'script' | 'rules' | 'policy' | 'person';
  /** Of a person's: the beginning of the SHA-256 of the file that it stood in. */
  readonly decisions?: string | undefined;
}

export interface Usage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly total_tokens: number;
}

/** How a turn ended, and what this turn alone brought. */
export interface Outcome {
  readonly outcome: OutcomeName;
  /** The answer's text; of a graph that is no chat, its output as JSON; after a cut answer, what came of it. */
  readonly response: string | null;
  /** This turn's messages: its input and what the agent added. */
  readonly messages: Json[];
  readonly tool_calls: ToolCall[];
  readonly interrupts: Interrupt[];
  /** Sum over this turn's model calls; `null` where the agent told none. */
  readonly usage: Usage | null;
  /** The whole state the server answered with. */
  readonly output: Json;
  readonly failure: Failure | null;
}

/** One try at a turn, as the record keeps it. Times in ms; `started_at` is the wall clock, a label only. */
export interface Attempt {
  readonly attempt: number;
  readonly started_at: string;
  readonly latency_ms: number;
  readonly status: number | null;
  readonly run_id: string | null;
  readonly failure: Failure | null;
}

/** `value` is 0..1, or null for *not scored*, which is never 0. */
export interface Score {
  readonly value: number | null;
  readonly reason: string | null;
  /** Of a judge's alone. */
  readonly judge?: Judgement | undefined;
}

/** How a judge came to its score. */
export interface Judgement {
  /** A model's name, or an assistant's id. */
  readonly model: string;
  /** SHA-256 of what it was told, data aside (docs/guide/judge.md). */
  readonly prompt: string;
  /** Null: not ours to set. */
  readonly temperature: number | null;
  /** Its reply as it came; null: none did. */
  readonly raw: string | null;
}

/** What is known of a scorer without making it. */
export interface ScorerFacts {
  readonly name: string;
  /** As it was named: `numeric:0.01`. */
  readonly text: string;
  /** Has it nothing to say of an example that expects nothing? */
  readonly needs_expected: boolean;
}

/** By scorer. */
export type Scores = Readonly<Record<string, Score>>;

/** One question of a job. */
export interface Turn {
  readonly example: Example;
  /** Place in its conversation, from 1; null outside of one. */
  readonly turn: number | null;
  readonly input: Input;
  readonly expected: Json;
  /** How it ended; null where it is to be asked. */
  readonly recorded: OutcomeName | null;
  /** Of its record, or of the one it is to get. */
  readonly revision: number;
  /** The record that the one it is to get replaces. */
  readonly replaces: JobRecord | null;
}

/** What an engine does at once: one example, or one conversation with its turns in order, for one trial. */
export interface Job {
  /** `thread:` and the conversation's key, or `id:` and the example's id. */
  readonly key: string;
  /** From 1. */
  readonly trial: number;
  /** All its turns, the recorded ones too. */
  readonly turns: readonly Turn[];
  /** What an earlier start noted before it sent, and has no record of. */
  readonly intent: Intent | null;
  /** Of a conversation that goes on though its job was over: the thread of its last recorded turn. */
  readonly threadId?: string | null | undefined;
  /** Scripted answers that recorded turns of a conversation in one row took. Default: none. */
  readonly scripted?: number | undefined;
  /** Not to be asked: a bad row. */
  readonly problem: string | null;
}

/**
 * What is noted of a job's thread or request, so that a later start knows what may have run. The last one counts:
 * `made`: the thread of this generation may hold runs · `sent`: a request for this turn may have run ·
 * `idle`: the thread of this generation is there, and nothing was asked on it ·
 * `abandoned`: this generation's thread is never used again · `closed`: its thread was deleted, or is to be kept.
 * `doubtful` counts beside them: a request to make this generation's thread may still be under way.
 */
export interface Intent {
  readonly key: string;
  readonly trial: number;
  readonly mark: 'made' | 'idle' | 'sent' | 'abandoned' | 'closed' | 'doubtful';
  /** Counts the threads tried for this job, from 0. */
  readonly generation: number;
  readonly thread_id: string | null;
  /** The turn it was noted for, its revision, and the attempt at it; of `doubtful` the one that got lost, or 0. */
  readonly turn: number;
  readonly revision: number;
  readonly attempt: number;
  /** How that attempt asks. */
  readonly way: Way;
  /** What the turn was answered up to then, that attempt's own answer included. Default: nothing. */
  readonly answers?: readonly GivenAnswer[] | undefined;
}

/**
 * How a turn is asked. `input`: with its input · `continue`: the agent goes on from the step that failed ·
 * `fork`: with its input, from the state before the turn · `answer`: by what answers the run that waits.
 */
export type Way = 'input' | 'continue' | 'fork' | 'answer';

/** One finished turn: a line of `results.jsonl`, its fields in this order. Absent is null, never NaN. */
export interface JobRecord {
  readonly id: string;
  readonly index: number;
  readonly trial: number;
  readonly turn: number | null;
  /** From 1; the highest of an (id, trial, turn) counts. */
  readonly revision: number;
  readonly outcome: OutcomeName;
  readonly input: Json;
  readonly expected: Json;
  /** Where the example says which tools it expects. */
  readonly expected_tools?: readonly ExpectedTool[];
  /** Where the example says what its run stops to ask. */
  readonly expected_interrupts?: readonly ExpectedInterrupt[];
  /** Scripted answers that nothing asked for; absent: none are left. */
  readonly answers_left?: number;
  /** True where it waits, and asks what its example expects: that is no fault. */
  readonly interrupt_expected?: boolean;
  /** Where a run of the turn waited for a human and was answered: all answers, in order. */
  readonly answers?: readonly GivenAnswer[];
  readonly metadata: JsonObject;
  readonly response: string | null;
  readonly messages: Json[];
  /** The whole state; with `--record output` only. */
  readonly output?: Json;
  readonly tool_calls: ToolCall[];
  readonly interrupts: Interrupt[];
  readonly extracted: JsonObject;
  readonly failure: Failure | null;
  readonly attempts: Attempt[];
  readonly thread_id: string | null;
  readonly run_id: string | null;
  readonly agent_version: string | null;
  readonly started_at: string;
  readonly finished_at: string;
  /** The last attempt's, request sent to answer complete. Back-off is in neither this nor `wait_ms`. */
  readonly latency_ms: number | null;
  /** To the first token; of streams only. */
  readonly ttft_ms: number | null;
  /** From eligible to first sent. */
  readonly wait_ms: number | null;
  readonly usage: Usage | null;
  readonly scores: Scores;
}

/** What a scorer judges: a record, complete but for its scores. */
export type UnscoredRecord = Omit<JobRecord, 'scores'>;

/** A dataset's columns that threadmill reads, by what they mean; the rest is metadata. */
export interface ColumnRoles {
  readonly input: string | null;
  readonly id: string | null;
  readonly thread: string | null;
  readonly expected: string | null;
  readonly expectedTools: string | null;
  readonly expectedInterrupts?: string | null | undefined;
  readonly resume: string | null;
}

/** What the check of a whole dataset found, before the first request. */
export interface DatasetFacts {
  /** Of the file's bytes as they lie on disk. */
  readonly sha256: string;
  /** Rows in all, bad ones included. */
  readonly examples: number;
  readonly badRows: number;
  /** Ids made for rows that got a number, since another row had the same. */
  readonly numberedIds?: number | undefined;
  /** Ids made for rows that gave none of their own. */
  readonly madeIds?: number | undefined;
  /** Turns in all: a conversation in one row counts each of its turns, a bad row counts as one. */
  readonly turns: number;
  /** Conversations, by a thread column or in one row. */
  readonly conversations: number;
  /** The header (CSV), or every field in order of first appearance (JSON). */
  readonly columns: readonly string[];
  readonly roles: ColumnRoles;
}

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

/** Low ≤ high, of what it is an interval of. */
export interface Interval {
  readonly low: number;
  readonly high: number;
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

export type Mode = 'stateless' | 'threaded';
export type Delivery = 'at-least-once' | 'at-most-once' | 'exactly-once';

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
