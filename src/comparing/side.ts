/** One of two batches that are compared: of each turn what a comparison needs, and no texts. */

import type { JobRecord, OutcomeName, Usage } from '../types.ts';
import { inputHash } from './input-hash.ts';

/** One trial of a turn. */
export interface TrialFacts {
  readonly outcome: OutcomeName;
  /** Of its failure. */
  readonly code: string | null;
  /** In the order of the side's scorers; null and what is not there: not scored. */
  readonly scores: readonly (number | null)[];
  /** Of successes alone: how long a failure took says nothing of how long an answer takes. */
  readonly latencyMs: number | null;
  readonly usage: Usage | null;
  /** Names of those it called, in order; null: nobody knows. */
  readonly tools: readonly string[] | null;
  /** Did it take more than one attempt? */
  readonly isRetried: boolean;
}

/** One turn of one example, over its trials. */
export interface ComparedTurn {
  readonly id: string;
  /** Place in its conversation, from 1; null outside of one. */
  readonly turn: number | null;
  /** Hash of what was asked. */
  readonly input: string;
  /** The id of its conversation's first turn; its own outside of one, and null where nothing tells it. */
  readonly conversation: string | null;
  /** Trial 1 at 0; null: not recorded. */
  readonly trials: readonly (TrialFacts | null)[];
  /** Of the columns that were asked for: their values, null where it has none. */
  readonly columns: readonly (string | null)[];
}

/** What a batch or a baseline file says of itself. */
export interface SideFacts {
  /** Of the batch. */
  readonly id: string;
  /** As it was named. */
  readonly path: string;
  readonly dataset: { readonly name: string; readonly sha256: string };
  readonly agentVersion: string | null;
  readonly startedAt: string | null;
  /** Turns that are still to have a record. */
  readonly missing: number;
  /** What scorers were named, by the name that their scores have: `numeric` of `numeric:0.01`. */
  readonly specs: Readonly<Record<string, string>>;
}

export interface Side {
  readonly facts: SideFacts;
  /** Names of those that gave scores, in order of first appearance. */
  readonly scorers: readonly string[];
  /** Names of the columns whose values `ComparedTurn.columns` holds; null: no column is known. */
  readonly columns: readonly string[] | null;
  /** In dataset order. */
  readonly turns: readonly ComparedTurn[];
}

/** What names a turn among all of a batch. */
export const turnKey = (id: string, turn: number | null): string => (turn === null ? id : `${id}\n${turn}`);

interface Growing {
  readonly id: string;
  readonly turn: number | null;
  readonly input: string;
  threadId: string | null;
  trials: (TrialFacts | null)[];
  readonly columns: readonly (string | null)[];
}

const noTools: readonly string[] = [];
const noColumns: readonly (string | null)[] = [];

/** Collects a batch's records, those that count, told in dataset order; about 500 bytes for each. */
export class SideBuilder {
  private readonly turns = new Map<string, Growing>();
  /** By thread on the server: the id of its first turn. */
  private readonly conversations = new Map<string, string>();
  private readonly scorers: string[] = [];
  /** Most turns call the same few tools: one list for all that do. */
  private readonly toolsCalled = new Map<string, readonly string[]>();
  private readonly columns: readonly string[];

  /** @param columns Of the metadata. */
  constructor(columns: readonly string[] = []) {
    this.columns = columns;
  }

  add(record: JobRecord): void {
    const { id, turn, trial, thread_id: threadId } = record;
    if (record.failure?.code === 'ROW_UNREADABLE') return; // nobody knows what it asks
    const key = turnKey(id, turn);
    let known = this.turns.get(key);
    if (known === undefined) {
      known = this.begun(record);
      this.turns.set(key, known);
    }
    const facts = this.trialOf(record);
    // An array that is grown from nothing has room for seventeen.
    if (trial === 1 && known.trials.length === 0) known.trials = [facts];
    else {
      while (known.trials.length < trial) known.trials.push(null);
      known.trials[trial - 1] = facts;
    }
    if (turn === null || threadId === null) return;
    known.threadId ??= threadId;
    if (turn === 1) this.conversations.set(threadId, id);
  }

  end(facts: SideFacts): Side {
    return { facts, columns: this.columns, ...this.soFar() };
  }

  soFar(): Pick<Side, 'scorers' | 'turns'> {
    const turns = [...this.turns.values()].map((turn) => this.whole(turn));
    return { scorers: this.scorers, turns };
  }

  private begun({ id, turn, input, metadata }: JobRecord): Growing {
    const columns =
      this.columns.length === 0
        ? noColumns
        : this.columns.map((name) => {
            const value = metadata[name] ?? null;
            return value === null || typeof value === 'string' ? value : JSON.stringify(value);
          });
    return { id, turn, input: inputHash(input), threadId: null, trials: [], columns };
  }

  private trialOf(record: JobRecord): TrialFacts {
    const { outcome, failure, scores, latency_ms, usage, attempts, revision } = record;
    for (const name in scores) if (!this.scorers.includes(name)) this.scorers.push(name);
    return {
      outcome,
      code: failure?.code ?? null,
      scores: this.scorers.map((name) => scores[name]?.value ?? null),
      latencyMs: outcome === 'success' ? latency_ms : null,
      usage,
      tools: this.toolsOf(record),
      isRetried: attempts.length > 1 || revision > 1,
    };
  }

  private toolsOf({ tool_calls }: JobRecord): readonly string[] {
    if (tool_calls.length === 0) return noTools;
    const names = tool_calls.map(({ name }) => name);
    const key = names.join('\n');
    const known = this.toolsCalled.get(key);
    if (known !== undefined) return known;
    this.toolsCalled.set(key, names);
    return names;
  }

  private whole({ threadId, id, turn, input, trials, columns }: Growing): ComparedTurn {
    const conversation = turn === null ? id : ((threadId && this.conversations.get(threadId)) ?? null);
    return { id, turn, input, conversation, trials, columns };
  }
}
