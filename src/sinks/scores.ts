/**
 * `scores.jsonl`: later scorings of a batch, one after another, each with a line that begins it, one for each record it
 * scored, and one that ends it. The newest that has its end counts.
 */

import type { ScorerFacts, Scores } from '../types.ts';
import { type Appender, type AppenderOptions, openAppender } from './append.ts';
import { readLines, sealedLine } from './lines.ts';

export interface ScoringFacts {
  /** From 1. */
  readonly scoring: number;
  readonly started_at: string;
  readonly scorers: readonly ScorerFacts[];
}

/** A record and what it was scored. */
export interface ScoredLine {
  /** Where the record begins in the journal. */
  readonly offset: number;
  readonly id: string;
  readonly trial: number;
  readonly turn: number | null;
  readonly revision: number;
  readonly scores: Scores;
}

export interface ScoringWriter {
  /** Resolves when more can be taken; it need not be durable yet. @throws SinkError */
  add(line: ScoredLine): Promise<void>;
  /** Resolves once all of it is durable; from then on it counts. @throws SinkError */
  end(records: number): Promise<void>;
  close(): Promise<void>;
}

/** Bytes that may wait for the disk: enough for it to be busy. */
const mostWaiting = 4 * 1024 * 1024;

/** Begins a scoring. @throws SinkError, JournalError */
export async function beginScoring(
  path: string,
  facts: ScoringFacts,
  options: AppenderOptions = {},
): Promise<ScoringWriter> {
  const file = await openAppender(path, options);
  await file.append(sealedLine(facts));
  return new Writer(file, facts.scoring);
}

class Writer implements ScoringWriter {
  private readonly file: Appender;
  private readonly scoring: number;
  private waitingBytes = 0;
  private waiting: Promise<unknown> = Promise.resolve();

  constructor(file: Appender, scoring: number) {
    this.file = file;
    this.scoring = scoring;
  }

  async add({ offset, id, trial, turn, revision, scores }: ScoredLine): Promise<void> {
    const { scoring } = this;
    const line = sealedLine({ scoring, offset, id, trial, turn, revision, scores });
    // The group of the last line holds those before it, and its failure is theirs too.
    this.waiting = this.file.append(line);
    this.waiting.catch(() => {});
    this.waitingBytes += line.length;
    if (this.waitingBytes < mostWaiting) return;
    this.waitingBytes = 0;
    await this.waiting;
  }

  async end(records: number): Promise<void> {
    await this.waiting;
    await this.file.append(sealedLine({ scoring: this.scoring, records }));
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** The newest whole scoring: where each record's scores lie. Sixteen bytes a record. */
export interface Scoring {
  readonly facts: ScoringFacts;
  /** Where the line with a record's scores begins; null where it was not scored. @param offset Of the record. */
  lineOf(offset: number): number | null;
}

interface Begun {
  readonly facts: ScoringFacts;
  readonly records: number[];
  readonly lines: number[];
}

/** Null where nobody scored again, or no scoring has its end. @throws JournalError */
export async function readNewestScoring(path: string): Promise<Scoring | null> {
  let begun: Begun | null = null;
  let newest: Begun | null = null;
  for await (const lines of readLines(path, { cutBytes: 0 })) {
    for (const { value, offset } of lines) {
      const line = value as Partial<ScoringFacts & ScoredLine & { readonly records: number }>;
      if (line.scorers !== undefined) begun = { facts: value as ScoringFacts, records: [], lines: [] };
      else if (line.scoring !== begun?.facts.scoring)
        continue; // of one that has no beginning any more
      else if (line.records !== undefined) newest = begun;
      else if (line.offset !== undefined) {
        begun?.records.push(line.offset);
        begun?.lines.push(offset);
      }
    }
  }
  return newest === null ? null : indexed(newest);
}

function indexed({ facts, records, lines }: Begun): Scoring {
  const order = Uint32Array.from(records.keys()).sort(
    (one, other) => (records[one] ?? 0) - (records[other] ?? 0),
  );
  const offsets = Float64Array.from(order, (at) => records[at] ?? 0);
  const lineOffsets = Float64Array.from(order, (at) => lines[at] ?? 0);
  return {
    facts,
    lineOf: (offset) => {
      const at = placeOf(offset, offsets);
      return offsets[at] === offset ? (lineOffsets[at] ?? null) : null;
    },
  };
}

/** The first place, of sorted numbers, that is not below it. */
function placeOf(number: number, sorted: Float64Array): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
