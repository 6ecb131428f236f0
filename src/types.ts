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

/** Of a conversation in one row: a list for each turn, null where nothing is known of that. */
export type ToolsByTurn = readonly (readonly ExpectedTool[] | null)[];

/** As an example says it: of all that it asks, or by turn. */
export type ExpectedTools = readonly ExpectedTool[] | ToolsByTurn;

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
  readonly expectedTools?: ExpectedTools | undefined;
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
  /** Where the example says which tools it expects; by turn, those of all its turns. */
  readonly expected_tools?: ExpectedTools;
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

export type Mode = 'stateless' | 'threaded';
export type Delivery = 'at-least-once' | 'at-most-once' | 'exactly-once';

/** Low ≤ high, of what it is an interval of. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}
