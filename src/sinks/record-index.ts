/**
 * Where each turn's record lies in the journal, and how it ended.
 *
 * Records of one example are chained, newest first, so that trials, turns and revisions need no structure of their
 * own. A batch of single turns that succeed takes 8 bytes a record and 4 an example, any other at most 21 and 4.
 */

import { type JobRecord, type OutcomeName, outcomeNames } from '../types.ts';
import { Segments } from './segments.ts';
import { createZeros, type Zeros } from './zeros.ts';

export interface RecordKey {
  readonly index: number;
  readonly trial: number;
  /** In its conversation; 1 outside of one. */
  readonly turn: number;
}

/** Where a record stands, by the dataset as it was then. */
export const keyOf = ({ index, trial, turn }: Pick<JobRecord, 'index' | 'trial' | 'turn'>): RecordKey => ({
  index,
  trial,
  turn: turn ?? 1,
});

/** Records are numbered from 1 on. */
const noRecord = 0;
const turnLimit = 2 ** 32;

export class RecordIndex {
  /** By example: its newest record. */
  private readonly heads: Zeros;
  /** By record. */
  private readonly offsets: Zeros;
  private readonly previous: Zeros;
  private readonly places: Zeros;
  private readonly outcomes: Zeros;
  private count = 0;
  /** Places up to the last one that a record is of. */
  examples = 0;

  /** @param memory Default: all of it stays in memory. Where it does not, each method may throw a `SinkError`. */
  constructor(memory: Segments = new Segments()) {
    this.heads = createZeros(Int32Array, memory);
    this.offsets = createZeros(Float64Array, memory);
    this.previous = createZeros(Int32Array, memory);
    this.places = createZeros(Float64Array, memory);
    this.outcomes = createZeros(Uint8Array, memory);
  }

  get size(): number {
    return this.count;
  }

  /** Adds a record, the newest of its turn. */
  add({ index, trial, turn }: RecordKey, outcome: OutcomeName, offset: number): void {
    this.count += 1;
    this.offsets.set(this.count, offset);
    this.previous.set(this.count, this.heads.get(index));
    this.places.set(this.count, placeOf(trial, turn));
    this.outcomes.set(this.count, outcomeNames.indexOf(outcome));
    this.heads.set(index, this.count);
    if (index >= this.examples) this.examples = index + 1;
  }

  /** How the turn ended, by its newest record; null where it has none. */
  outcomeOf(key: RecordKey): OutcomeName | null {
    const at = this.newestOf(key);
    return at === noRecord ? null : (outcomeNames[this.outcomes.get(at)] ?? null);
  }

  /** Where the turn's newest record lies; null where it has none. */
  offsetOf(key: RecordKey): number | null {
    const at = this.newestOf(key);
    return at === noRecord ? null : this.offsets.get(at);
  }

  isNewest(key: RecordKey, offset: number): boolean {
    return this.offsetOf(key) === offset;
  }

  /** How many records the turn has: one for each revision. */
  recordsOf({ index, trial, turn }: RecordKey): number {
    const place = placeOf(trial, turn);
    let count = 0;
    for (let at = this.heads.get(index); at !== noRecord; at = this.previous.get(at)) {
      if (this.places.get(at) === place) count += 1;
    }
    return count;
  }

  private newestOf({ index, trial, turn }: RecordKey): number {
    const place = placeOf(trial, turn);
    let at = this.heads.get(index);
    while (at !== noRecord && this.places.get(at) !== place) at = this.previous.get(at);
    return at;
  }

  /** Offsets of an example's records, the newest of each trial and turn alone, in order of trial and turn. */
  offsetsOf(index: number): number[] {
    const head = this.heads.get(index);
    if (head === noRecord) return [];
    if (this.previous.get(head) === noRecord) return [this.offsets.get(head)];
    const newest = new Map<number, number>();
    for (let at = head; at !== noRecord; at = this.previous.get(at)) {
      const place = this.places.get(at);
      if (!newest.has(place)) newest.set(place, this.offsets.get(at));
    }
    return [...newest].sort(([a], [b]) => a - b).map(([, offset]) => offset);
  }
}

/** In order of trial, then turn; 0 is the only one of most examples. */
const placeOf = (trial: number, turn: number) => (trial - 1) * turnLimit + turn - 1;
