import { type Numbers, type Segmented, Segments, segmentBytes, setAt } from './segments.ts';

/** Numbers by their place, all of them 0 at first. Both may have to read and write a file. @throws SinkError */
export interface Zeros {
  get(at: number): number;
  set(at: number, value: number): void;
}

interface NumbersKind {
  new (memory: ArrayBuffer): Numbers;
  readonly BYTES_PER_ELEMENT: number;
}

/**
 * In segments of 16 KB, each made when it first holds another number than 0: what is 0 throughout takes nothing,
 * and growing copies nothing, so that there is never an old array beside a new one of twice its size.
 * @param memory Where they are held, perhaps with those of other arrays. Default: in memory, all of them.
 */
export function createZeros(Kind: NumbersKind, memory: Segments = new Segments()): Zeros {
  const shift = Math.log2(segmentBytes / Kind.BYTES_PER_ELEMENT);
  const mask = 2 ** shift - 1;
  const array: Segmented = { segments: [], places: [] };
  const { segments, places } = array;

  const bring = (number: number): Numbers => {
    const segment = new Kind(memory.memoryFor(array, number));
    setAt(segments, number, segment);
    return segment;
  };

  /** Of a segment that is not in memory. */
  const getAbsent = (at: number): number =>
    places[at >>> shift] === undefined ? 0 : (bring(at >>> shift)[at & mask] ?? 0);

  return {
    get: (at) => segments[at >>> shift]?.[at & mask] ?? getAbsent(at),
    set: (at, value) => {
      const number = at >>> shift;
      let segment = segments[number];
      if (segment === undefined) {
        if (value === 0 && places[number] === undefined) return;
        segment = bring(number);
      }
      segment[at & mask] = value;
    },
  };
}
