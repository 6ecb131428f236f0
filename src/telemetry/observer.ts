/** Who is told of a batch while it runs, and can do nothing to it. */

import type { BatchFacts, Summary } from '../summary-types.ts';
import type { Failure, JobRecord, JsonObject } from '../types.ts';

/** A batch that begins, or goes on. */
export interface ObservedBatch extends Omit<BatchFacts, 'state' | 'started_at'> {
  /** Turns in all, and those that this start is to ask. */
  readonly planned: number;
  readonly left: number;
}

export interface Outage {
  readonly isOn: boolean;
  readonly lastedMs: number;
  /** The last refusal. */
  readonly why: Failure;
}

/** Neither slows the batch nor fails it, whatever becomes of what it is told. */
export interface Observer extends AsyncDisposable {
  /** Told of each record once it is durable. */
  onRecord(record: JobRecord): void;
  /** Told while the server refuses everything, before each look, and when it no longer does. */
  onOutage(outage: Outage): void;
  onEnd(summary: Summary): void;
  /** The header `traceparent` of a request that asks, by the metadata of its run. Default: none is sent. */
  readonly traceparent?: ((metadata: JsonObject) => string) | undefined;
}

/** Tells each of them, in order; they are disposed of together. */
export const observers = (all: readonly Observer[]): Observer => ({
  onRecord: (record) => {
    for (const each of all) each.onRecord(record);
  },
  onOutage: (outage) => {
    for (const each of all) each.onOutage(outage);
  },
  onEnd: (summary) => {
    for (const each of all) each.onEnd(summary);
  },
  traceparent: all.find((each) => each.traceparent !== undefined)?.traceparent,
  [Symbol.asyncDispose]: async () => {
    await Promise.all(all.map((each) => each[Symbol.asyncDispose]()));
  },
});
