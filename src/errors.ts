/** A class for each thing a caller does differently. Never decide by reading a message. */

import type { Failure } from './types.ts';

/** Wrong use: options, files of options, another batch's identity. Exit 2. Holds all faults at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'CONFIG_INVALID';
  /** One sentence each: the option's name, what was expected, what came, where it came from. */
  readonly faults: readonly string[];

  constructor(faults: string | readonly string[], options?: ErrorOptions) {
    const all = typeof faults === 'string' ? [faults] : faults;
    super(all.join('\n'), options);
    this.faults = all;
  }
}

/** A dataset that cannot be read. Stops the batch before any request is sent. Exit 2. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError';
  readonly code = 'DATASET_UNREADABLE';

  constructor(at: string, saw: string, options?: ErrorOptions) {
    super(`${at}: ${saw}`, options); // qa.csv:17: no "input" column
  }
}

/** One attempt that brought no outcome: thrown by an agent, caught by the retry loop alone. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code = 'REQUEST_FAILED';
  readonly failure: Failure;
  /** How long the server asked to wait, ms. */
  readonly retryAfterMs: number | null;
  /** What came of the answer before it broke. */
  readonly partial: string | null;

  constructor(
    failure: Failure,
    options: ErrorOptions & { retryAfterMs?: number | null; partial?: string | null } = {},
  ) {
    super(`${failure.code}: ${failure.message}`, options);
    this.failure = failure;
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.partial = options.partial ?? null;
  }

  /** The same with another failure: what it brought and where it came from stay. */
  as(failure: Failure): RequestError {
    const { retryAfterMs, partial, cause } = this;
    return new RequestError(failure, { retryAfterMs, partial, cause });
  }
}

/** Results that cannot be written: disk full, input/output error. The batch stops, the same command goes on. Exit 3. */
export class SinkError extends Error {
  override readonly name = 'SinkError';
  readonly code = 'SINK_UNWRITABLE';
}

/** A journal that cannot be trusted. Exit 4. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
  readonly code = 'JOURNAL_DAMAGED';
}

/** The directory is another process's. Exit 3. */
export class LockedError extends Error {
  override readonly name = 'LockedError';
  readonly code = 'BATCH_LOCKED';
}

/** The agent cannot be asked at all: unreachable (exit 3), or key refused, not found, edited (exit 4). */
export class AgentError extends Error {
  override readonly name = 'AgentError';
  readonly code = 'AGENT_UNUSABLE';
  readonly exitCode: 3 | 4;

  constructor(message: string, exitCode: 3 | 4, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
