/** The memory of arrays that may grow with a batch: past a bound, what came into it first goes to disk. */

import type { Scratch } from '../scratch.ts';

export type Numbers = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

export const segmentBytes = 2 ** 14;
/** Holds what single turns of two million examples need. */
const mostInMemory = 6 * 1024 * 1024;

/** An array's segments, by number. */
export interface Segmented {
  /** Those in memory. */
  readonly segments: (Numbers | undefined)[];
  /** Where those lie that were put away once. */
  readonly places: (number | undefined)[];
}

interface Resident {
  readonly array: Segmented;
  readonly number: number;
}

/**
 * Arrays are gone through nearly in order: so the segment that came first is as good a choice to go as the one longest
 * unused, and reading or writing a number has nothing to note. Its memory is used again: as garbage it would lie about.
 */
export class Segments {
  private readonly scratch: Scratch | null;
  private readonly most: number;
  /** In the order they came, from `next` on. */
  private readonly residents: Resident[] = [];
  private next = 0;

  /** @param scratch Default: all stay in memory. */
  constructor(scratch: Scratch | null = null, bytes = mostInMemory) {
    this.scratch = scratch;
    this.most = bytes / segmentBytes;
  }

  /** Memory for a segment that is in none yet: as it was put away, or 0 throughout. @throws SinkError */
  memoryFor(array: Segmented, number: number): ArrayBuffer {
    if (this.scratch === null) return new ArrayBuffer(segmentBytes);
    const leaving = this.residents[this.next];
    const memory =
      leaving === undefined ? new ArrayBuffer(segmentBytes) : this.putAway(leaving, this.scratch);
    const place = array.places[number];
    if (place !== undefined) this.scratch.read(new Uint8Array(memory), place);
    else if (leaving !== undefined) new Uint8Array(memory).fill(0);
    this.residents[this.next] = { array, number };
    this.next = (this.next + 1) % this.most;
    return memory;
  }

  private putAway({ array, number }: Resident, scratch: Scratch): ArrayBuffer {
    const { segments, places } = array;
    const memory = segments[number]?.buffer;
    // Where another could not be read back in its stead.
    if (memory === undefined) return new ArrayBuffer(segmentBytes);
    const bytes = new Uint8Array(memory);
    const place = places[number];
    if (place === undefined) setAt(places, number, scratch.append(bytes));
    else scratch.write(bytes, place);
    segments[number] = undefined;
    return memory;
  }
}

/** Without a hole before it, which would make the array a slower one. */
export function setAt<T>(items: (T | undefined)[], at: number, item: T): void {
  while (items.length < at) items.push(undefined);
  items[at] = item;
}
