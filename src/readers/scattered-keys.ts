import type { Scratch } from '../scratch.ts';
import { KeyTable } from './key-table.ts';

/** By the first six bits of their keys. */
const partCount = 64;
/** Of an entry: the halves of its key, and its note. */
const fields = 3;
/** How many entries of a part go to disk at once. */
const blockEntries = 1_024;

interface Part {
  readonly block: Uint32Array<ArrayBuffer>;
  filled: number;
  /** Where its full blocks lie. */
  readonly places: number[];
}

/** The notes of two keys that are the same, in the order in which they were added. */
export interface Twice {
  readonly first: number;
  readonly second: number;
}

/**
 * Keys of 64 even bits that are too many for a table: they lie on disk in 64 parts, and each part is gone through by
 * itself at the end. 12 bytes of disk a key; 0.8 MB of memory, and while a part is gone through what `KeyTable` takes for it.
 */
export class ScatteredKeys {
  readonly #scratch: Scratch;
  readonly #parts: readonly Part[] = Array.from({ length: partCount }, () => ({
    block: new Uint32Array(blockEntries * fields),
    filled: 0,
    places: [],
  }));
  #size = 0;

  constructor(scratch: Scratch) {
    this.#scratch = scratch;
  }

  get size(): number {
    return this.#size;
  }

  /** @param note Of 32 bits; greater from key to key. @throws SinkError */
  add(high: number, low: number, note: number): void {
    const part = this.#parts[high >>> 26];
    if (part === undefined) return;
    const { block, places } = part;
    if (part.filled === block.length) {
      places.push(this.#scratch.append(bytesOf(block)));
      part.filled = 0;
    }
    block[part.filled] = high;
    block[part.filled + 1] = low;
    block[part.filled + 2] = note;
    part.filled += fields;
    this.#size += 1;
  }

  /** The first key that was there already when it was added; null where all are different. @throws SinkError */
  firstTwice(): Twice | null {
    const table = new KeyTable();
    const block = new Uint32Array(blockEntries * fields);
    let found: Twice | null = null;
    const take = (entries: Uint32Array) => {
      for (let at = 0; at < entries.length; at += fields) {
        const note = entries[at + 2] ?? 0;
        const { count, firstLine } = table.add(entries[at] ?? 0, entries[at + 1] ?? 0, note);
        if (count > 1 && (found === null || note < found.second)) found = { first: firstLine, second: note };
      }
    };
    for (const part of this.#parts) {
      table.clear();
      for (const place of part.places) {
        this.#scratch.read(bytesOf(block), place);
        take(block);
      }
      take(part.block.subarray(0, part.filled));
    }
    return found;
  }
}

const bytesOf = ({ buffer }: Uint32Array<ArrayBuffer>): Uint8Array => new Uint8Array(buffer);
