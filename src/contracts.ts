/** The sockets, on one page. To add a member: one file, one line in its folder's index, and it must pass its kind's suite in test/contracts/. */

import type { Readable } from 'node:stream';
import type { Price } from './price.ts';
import type { Summary } from './summary-types.ts';
import type {
  BadRow,
  ColumnRoles,
  Example,
  Failure,
  GivenAnswer,
  Intent,
  Interrupt,
  Job,
  JobRecord,
  Outcome,
  OutcomeName,
  Score,
  Scores,
  Turn,
  UnscoredRecord,
  Usage,
} from './types.ts';

/** How a dataset is read. Part of a batch's identity. */
export interface ReadOptions {
  /** What to call the file in errors, e.g. `qa.csv`. */
  readonly name: string;
  /** Of the text, e.g. `latin1`. Default: UTF-8, or UTF-16 by its byte order mark. */
  readonly encoding?: string | undefined;
  readonly inputColumn?: string | undefined;
  readonly idColumn?: string | undefined;
  readonly threadColumn?: string | undefined;
  readonly expectedColumn?: string | undefined;
  /** Builds the prompt from columns: `Summarise: {{title}}`. */
  readonly template?: string | undefined;
  /** Yield rows that cannot be read as `BadRow` instead of throwing. */
  readonly skipBadRows?: boolean | undefined;
}

/** A dataset being read: iterate once. */
export interface OpenDataset extends AsyncIterable<Example | BadRow> {
  /** The header (CSV), from the first example on; every field met so far (JSON), in order of first appearance. */
  readonly columns: readonly string[];
  /** Which columns are read as what. Known as `columns` is. */
  readonly roles: ColumnRoles;
}

/** Reads one format, in file order, one row in memory at a time. Ids are unique and the same at every reading. */
export interface DatasetReader {
  /** @throws DatasetError while iterated, at `name:line`, at the first row that cannot be read. */
  open(source: Readable, options: ReadOptions): OpenDataset;
}

/**
 * One attempt under way. The agent notes here what it learns, so that it is known however the attempt ends.
 * Times are `Runtime.now()`.
 */
export interface Try {
  /** From 1, over all tries of this turn. */
  readonly attempt: number;
  /** Set in the first attempt after the agent failed: it goes on from the failed step, or begins the turn anew. */
  readonly again: 'continue' | 'fresh' | null;
  /** Aborts when the batch gives up what is in flight. */
  readonly signal: AbortSignal;
  /** When the turn must have ended; set by `begin`. */
  readonly deadline: number;
  /** To be called before a request: lets the turn's time limit run, which is one for all its attempts. */
  begin(): void;
  /** May be called once the run has ended and is only to be proved and recorded: another job may take the slot. */
  release(): void;
  /** The request that asks the agent was handed to the connection. */
  sentAt: number | null;
  firstTokenAt: number | null;
  /** To be called once the server has taken the request that asks, long before its answer. */
  accepted(): void;
  /**
   * To be called where the server refused a request of this attempt that is not the end of it.
   * True: it refuses everything and the batch waits; throw, and go on in the next attempt.
   */
  refused(failure: Failure, retryAfterMs: number | null): boolean;
  /** The answer was complete. */
  answeredAt: number | null;
  status: number | null;
  runId: string | null;
  threadId: string | null;
  /** What the turn's runs were answered, by earlier revisions on the same thread too. Default: nothing. */
  answers?: readonly GivenAnswer[] | undefined;
}

/** A run that waits for a human. */
export interface Asked {
  readonly turn: Turn;
  /** None: it stopped at a breakpoint. */
  readonly interrupts: readonly Interrupt[];
  /** What the turn was answered before. */
  readonly given: readonly GivenAnswer[];
  /** How many of its example's scripted answers earlier turns took. */
  readonly scripted: number;
}

/** An answer that may be given. */
export type Answered = Omit<GivenAnswer, 'stop'>;

/** Answers to all that a run asks at one stop, or to those of it that can be told apart; or why it gets none. */
export type Reply = { readonly answers: readonly Answered[] } | { readonly why: string | null };

/** Answers in a human's stead, or as a human decided. The same question is always answered alike. */
export interface Answering {
  reply(asked: Asked): Reply;
  /** What a person decided for a turn that is recorded as waiting; null: nothing. */
  decided(record: JobRecord): readonly Answered[] | null;
}

/** What one job needs of the agent, from its first turn to its last. */
export interface Conversation {
  /**
   * What an attempt at a turn needs and runs nothing, such as a thread: done while the job waits for its slot.
   * @throws RequestError as `ask` does.
   */
  prepare?(turn: Turn, attempt: Try): Promise<void>;
  /**
   * One attempt at one turn. Called again for the same turn only by the retry loop.
   * @throws RequestError where no outcome was had; anything else thrown is a bug.
   */
  ask(turn: Turn, attempt: Try): Promise<Outcome>;
  /** Called instead of `close` where the batch stops first; notes what spares the next start a look. */
  leave?(): Promise<void>;
  /** Called once all turns' records are durable, with how each ended: cleans up. False: something is left to do later. */
  close(outcomes: readonly OutcomeName[]): Promise<boolean>;
}

/** The agent under test. */
export interface Agent {
  /** Told in each record, as it is when the turn is asked: it may change. Null where an agent has none. */
  readonly version: string | null;
  /** Is the server there? Asks nothing of the agent. */
  probe?(signal: AbortSignal): Promise<boolean>;
  open(job: Job): Conversation;
}

/** A job's share of the concurrency: only who holds one asks the agent. */
export interface Slot {
  readonly isHeld: boolean;
  /** Resolves once it is held; false where the batch drains first, and no turn may be begun. */
  take(): Promise<boolean>;
  /** Lets another job have it. It is free at the latest when the job's work ends. */
  free(): void;
}

/** How many slots there are. */
export interface Concurrency {
  /** It may change. */
  readonly limit: number;
  /** @param tell Called, as all told before, whenever it has changed. */
  onChange(tell: () => void): void;
}

/**
 * Does jobs, as many at once as there are slots, and as many again that get ready or are put away meanwhile.
 * Pulls no job before that, and none once `drain` aborts.
 */
export interface Engine {
  /** Slots, as many as there are now. */
  readonly concurrency: number;
  run(
    jobs: AsyncIterable<Job>,
    work: (job: Job, slot: Slot) => Promise<void>,
    drain: AbortSignal,
  ): Promise<void>;
}

/** The conversation that a turn stands in. */
export interface Talk {
  /** Is it one row of the dataset? What that expects of tools is of the whole, unless it is told by turn, and is judged with the last turn. */
  readonly isOneRow: boolean;
  readonly isLast: boolean;
  /** The turns before, in order. */
  earlier(): Promise<readonly UnscoredRecord[]>;
}

/**
 * Judges finished turns. A score is 0 to 1; null is *not scored* and is never 0: what cannot be judged (no expectation,
 * no usage told) is not wrong. The reason of a score below 1, or of none, says to a person what was expected and seen.
 */
export interface Scorer {
  /** Has it nothing to compare with where the example expects nothing? Then it is not asked. */
  readonly needsExpected: boolean;
  /** What is wrong with an example's expectation, to be told before anything is sent; null: nothing is. */
  fault?(example: Pick<Example, 'expected' | 'expectedTools' | 'metadata'>): string | null;
  /** Are turns that wait for a human judged too? Default: only those that succeeded. */
  readonly judgesInterrupted?: boolean | undefined;
  /** Called for turns that ended in success. What it throws makes the turn not scored, and stops nothing. */
  score(record: UnscoredRecord, talk?: Talk | null): Score | Promise<Score>;
}

/**
 * Scores a turn by all of a batch's scorers; never throws. A promise only where one of them gives one.
 * `talk` is to be given for each turn of a conversation of several.
 */
export type Scoring = (record: UnscoredRecord, talk?: Talk | null) => Scores | Promise<Scores>;

/** What scorers are made with beside their own argument. */
export interface ScorerMeans {
  /** Of `--price`. */
  readonly price: Price | null;
  /** Default: nobody was named. */
  readonly judge?: Judge | null | undefined;
  /** Where relative paths in arguments start. Default: the process's own place. */
  readonly cwd?: string | undefined;
  /** May code that stands in a dataset be run? Default: no. */
  readonly allowCode?: boolean | undefined;
}

/** A model, or an assistant, that judges answers. */
export interface Judge {
  /** As the record calls it. */
  readonly model: string;
  /** Null: not ours to set. */
  readonly temperature: number | null;
  /** The user's own prompt; null: ours. */
  readonly template: string | null;
  /** Asks, again where that may help. Bounded, and never rejects: a judge that is down stops nothing. */
  ask(question: JudgeQuestion): Promise<JudgeReply>;
}

export interface JudgeQuestion {
  /** What holds for every question. */
  readonly rules: string;
  readonly task: string;
  /** Can this be read as a reply? A judge that never gives one that can is told of. */
  isReadable(reply: string): boolean;
}

/** What a judge said at one asking. */
export interface JudgeSaid {
  readonly text: string;
  /** Null: it told none. */
  readonly usage: Usage | null;
}

export type JudgeReply =
  | { readonly text: string }
  /** None came: `why` is a sentence. */
  | { readonly text: null; readonly why: string };

/** A scorer that has a name, to be made with an argument: `numeric:0.01`. */
export interface ScorerKind {
  /** What it judges, to complete "1 where …". */
  readonly judges: string;
  /** What may stand behind `name:`; null: nothing may. */
  readonly argument: string | null;
  /** @throws ConfigError where the argument is none, or something that it needs is missing. */
  create(argument: string | null, means: ScorerMeans): Scorer | Promise<Scorer>;
}

/** A scorer and the name that its scores are kept under. */
export interface NamedScorer {
  readonly name: string;
  readonly scorer: Scorer;
}

/** Where records go. */
export interface Sink {
  /** Resolves once the record is durable. @throws SinkError */
  write(record: JobRecord): Promise<void>;
  close(): Promise<void>;
}

/** What waits in memory for the disk: whoever takes in large things looks at it first. */
export interface Backlog {
  add(bytes: number): void;
  /** It is on the disk, or never will be. */
  remove(bytes: number): void;
}

/** Where intents go: what is durable before a request is sent. */
export interface IntentLog {
  /** Resolves once the intent is durable; nobody need wait for a `closed`. @throws SinkError */
  note(intent: Intent): Promise<void>;
}

/** Whether this process still has the batch: one that was stopped may wake and find that another goes on with it. */
export interface Ownership {
  /** Was it proved so lately that nobody can have taken the batch over since? Makes no system call. */
  readonly isSure: boolean;
  /** Aborts once another has the batch, with a `LockedError` that names it. */
  readonly lost: AbortSignal;
  /**
   * Resolves at once where it is sure, else once it is proved.
   * @throws LockedError where another has the batch; SinkError where that cannot be told.
   */
  prove(): Promise<void>;
}

/** What a report is rendered for, and what only its caller knows. */
export interface RenderContext {
  /** Columns that a line may take, from 30. Paths, commands and URLs may be longer, and then stand alone. */
  readonly width: number;
  readonly colour: boolean;
  /** The batch's files that exist, the most wanted first. */
  readonly files: readonly { readonly path: string; readonly holds: string }[];
  /** Commands that work, to be typed as they stand; the likeliest first. */
  readonly next: readonly { readonly command: string; readonly does: string }[];
}

/** Renders a summary as a report's text. */
export type Renderer = (summary: Summary, context: RenderContext) => string;

/**
 * Renders a report that tells of turns, piece by piece, with one record in memory at a time.
 * @param records The records that count, in dataset order; each call begins anew, with the same.
 */
export type RecordsRenderer = (
  summary: Summary,
  records: () => AsyncIterable<JobRecord>,
  context: RenderContext,
) => AsyncIterable<string>;
