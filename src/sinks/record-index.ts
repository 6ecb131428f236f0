/**
 * Where each turn's record lies in the journal, and how it ended.
 *
 * 16 bytes a record and 4 an example, in typed arrays: records of one example are chained, newest first, so that
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
const trialLimit = 2 ** 14;

export class RecordIndex {
  private heads = new Int32Array(1024).fill(noRecord);
  private offsets = new Float64Array(1024);
  private previous = new Int32Array(1024);
  /** Trial (14 bits), turn (16 bits), outcome (2 bits). */
  private facts = new Uint32Array(1024);
  private count = 0;

  get size(): number {
    return this.count;
  }

  add({ index, trial, turn }: RecordKey, outcome: OutcomeName, offset: number): void {
    if (index >= this.heads.length) this.heads = grown(this.heads, index + 1, noRecord);
    if (this.count >= this.offsets.length) {
      this.offsets = grown(this.offsets, this.count + 1);
      this.previous = grown(this.previous, this.count + 1);
      this.facts = grown(this.facts, this.count + 1);
    }
    this.offsets[this.count] = offset;
    this.previous[this.count] = this.heads[index] ?? noRecord;
    this.facts[this.count] = packed(trial, turn) | outcomeNames.indexOf(outcome);
    this.heads[index] = this.count;
    this.count += 1;
  }

  /** How the turn ended, by its newest record; null where it has none. */
  outcomeOf({ index, trial, turn }: RecordKey): OutcomeName | null {
    for (const at of this.chain(index)) {
      const facts = this.facts[at] ?? 0;
      if (facts >>> 2 === packed(trial, turn) >>> 2) return outcomeNames[facts & 3] ?? null;
    }
    return null;
  }

  /** Offsets of an example's records, the newest of each trial and turn alone, in order of trial and turn. */
  offsetsOf(index: number): number[] {
    const newest = new Map<number, number>();
    for (const at of this.chain(index)) {
      const key = (this.facts[at] ?? 0) >>> 2;
      if (!newest.has(key)) newest.set(key, this.offsets[at] ?? 0);
    }
    return [...newest].sort(([a], [b]) => a - b).map(([, offset]) => offset);
  }

  private *chain(index: number): Generator<number> {
    for (let at = this.heads[index] ?? noRecord; at !== noRecord; at = this.previous[at] ?? noRecord)
      yield at;
  }
}

function packed(trial: number, turn: number): number {
  if (trial >= trialLimit || turn >= 2 ** 16)
    throw new RangeError(`trial ${trial}, turn ${turn}: too many to index`);
  return ((trial << 18) | (turn << 2)) >>> 0;
}

function grown<T extends Int32Array | Float64Array | Uint32Array>(array: T, least: number, fill = 0): T {
  const larger = new (array.constructor as new (length: number) => T)(Math.max(least, array.length * 2));
  larger.set(array);
  if (fill !== 0) larger.fill(fill, array.length);
  return larger;
}
