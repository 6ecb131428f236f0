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
  /** Null: more can be taken; else resolves when it can. It need not be durable yet. @throws SinkError */
  add(line: ScoredLine): Promise<unknown> | null;
  /** Resolves once all of it is durable; from then on it counts. @throws SinkError */
  end(records: number): Promise<void>;
  close(): Promise<void>;
}

/** Written at once: a promise and a sync for each line would take longer than scoring it. */
const groupBytes = 256 * 1024;

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
  private lines: Buffer[] = [];
  private bytes = 0;
  private writing: Promise<unknown> = Promise.resolve();

  constructor(file: Appender, scoring: number) {
    this.file = file;
    this.scoring = scoring;
  }

  add({ offset, id, trial, turn, revision, scores }: ScoredLine): Promise<unknown> | null {
    const { scoring } = this;
    const line = sealedLine({ scoring, offset, id, trial, turn, revision, scores });
    this.lines.push(line);
    this.bytes += line.length;
    return this.bytes < groupBytes ? null : this.write();
  }

  /** Resolves once the group before is on the disk. */
  private write(): Promise<unknown> {
    const before = this.writing;
    this.writing = this.file.append(Buffer.concat(this.lines));
    this.writing.catch(() => {}); // told by the next one, or at the end
    this.lines = [];
    this.bytes = 0;
    return before;
  }

  async end(records: number): Promise<void> {
    if (this.bytes > 0) await this.write();
    await this.writing;
    await this.file.append(sealedLine({ scoring: this.scoring, records }));
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** The newest whole scoring: where each record's scores lie. Sixteen bytes a record. */
export interface KeptScoring {
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
export async function readNewestScoring(path: string): Promise<KeptScoring | null> {
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

function indexed({ facts, records, lines }: Begun): KeptScoring {
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
