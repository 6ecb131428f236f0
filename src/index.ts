/** The public page. Re-exports only; nothing in src imports it. */

export {
  type AgentConnection,
  type AgentFacts,
  type AgentOptions,
  type AgentSettings,
  connect,
} from './agent/index.ts';
export { type Batch, type BatchEnd, type BatchOptions, batchDefaults, runBatch } from './batch.ts';
export type { Io, StopSignal } from './commands/io.ts';
export { type RunOptions, runDataset } from './commands/library.ts';
export type { Comparison } from './comparison-types.ts';
export type {
  Agent,
  Conversation,
  DatasetReader,
  Engine,
  IntentLog,
  Judge,
  NamedScorer,
  OpenDataset,
  ReadOptions,
  RecordsRenderer,
  Renderer,
  Scorer,
  ScorerMeans,
  Scoring,
  Sink,
  Slot,
  Try,
} from './contracts.ts';
export type { DriftFacts } from './drift-types.ts';
export { createLocalEngine } from './engines/local.ts';
export {
  AgentError,
  ConfigError,
  DatasetError,
  JournalError,
  LockedError,
  RequestError,
  SinkError,
} from './errors.ts';
export { type Gate, parseGate } from './gate.ts';
export { nothingRecorded, type Recorded } from './job.ts';
export type { Config } from './options.ts';
export type { OutageState } from './outage.ts';
export { answered, failed } from './outcome.ts';
export { formatOf, openDataset, readers } from './readers/index.ts';
export { createSummary } from './reports/summary.ts';
export { type Runtime, systemRuntime } from './runtime.ts';
export { createScorers, scoreAll, scorerKinds } from './scorers/index.ts';
export { openJournal, readJournal } from './sinks/jsonl.ts';
export { RecordIndex } from './sinks/record-index.ts';
export type { Counts, GateResult, ScoreFigures, Summary, Verdict } from './summary-types.ts';
export type {
  Attempt,
  BadRow,
  Delivery,
  Example,
  Failure,
  FailureKind,
  Input,
  Intent,
  Interrupt,
  Job,
  JobRecord,
  Json,
  JsonObject,
  Mode,
  Outcome,
  OutcomeName,
  Score,
  Scores,
  ToolCall,
  Turn,
  UnscoredRecord,
  Usage,
} from './types.ts';
