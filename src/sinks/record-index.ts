/**
 * Where each turn's record lies in the journal, and how it ended.
 *
 * 21 bytes a record and 4 an example, in typed arrays: records of one example are chained, newest first, so that
 * trials, turns and revisions need no structure of their own.
 */

import { type OutcomeName, outcomeNames } from '../types.ts';

export interface RecordKey {
  readonly index: number;
  readonly trial: number;
  /** In its conversation; 1 outside of one. */
  readonly turn: number;
}

const noRecord = -1;
const turnLimit = 2 ** 32;

export class RecordIndex {
  private heads = new Int32Array(1024).fill(noRecord);
  private offsets = new Float64Array(1024);
  private previous = new Int32Array(1024);
  private places = new Float64Array(1024);
  private outcomes = new Uint8Array(1024);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** Adds a record, the newest of its turn. */
  add({ index, trial, turn }: RecordKey, outcome: OutcomeName, offset: number): void {
    if (index >= this.heads.length) this.heads = grown(this.heads, index + 1, noRecord);
    if (this.count >= this.offsets.length) this.grow();
    this.offsets[this.count] = offset;
    this.previous[this.count] = this.heads[index] ?? noRecord;
    this.places[this.count] = placeOf(trial, turn);
    this.outcomes[this.count] = outcomeNames.indexOf(outcome);
    this.heads[index] = this.count;
    this.count += 1;
  }

  /** How the turn ended, by its newest record; null where it has none. */
  outcomeOf({ index, trial, turn }: RecordKey): OutcomeName | null {
    const place = placeOf(trial, turn);
    for (let at = this.head(index); at !== noRecord; at = this.before(at)) {
      if (this.places[at] === place) return outcomeNames[this.outcomes[at] ?? 0] ?? null;
    }
    return null;
  }

  /** Offsets of an example's records, the newest of each trial and turn alone, in order of trial and turn. */
  offsetsOf(index: number): number[] {
    const newest = new Map<number, number>();
    for (let at = this.head(index); at !== noRecord; at = this.before(at)) {
      const place = this.places[at] ?? 0;
      if (!newest.has(place)) newest.set(place, this.offsets[at] ?? 0);
    }
    return [...newest].sort(([a], [b]) => a - b).map(([, offset]) => offset);
  }

  private head(index: number): number {
    return this.heads[index] ?? noRecord;
  }

  private before(at: number): number {
    return this.previous[at] ?? noRecord;
  }

  private grow(): void {
    const least = this.count + 1;
    this.offsets = grown(this.offsets, least);
    this.previous = grown(this.previous, least);
    this.places = grown(this.places, least);
    this.outcomes = grown(this.outcomes, least);
  }
}

/** In order of trial, then turn. */
const placeOf = (trial: number, turn: number) => trial * turnLimit + turn;

function grown<T extends Int32Array | Float64Array | Uint8Array>(array: T, least: number, fill = 0): T {
  const larger = new (array.constructor as new (length: number) => T)(Math.max(least, array.length * 2));
  larger.set(array);
  if (fill !== 0) larger.fill(fill, array.length);
  return larger;
}
