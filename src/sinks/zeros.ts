/** Numbers by their place, all of them 0 at first. */
export interface Zeros {
  get(at: number): number;
  set(at: number, value: number): void;
}

type Numbers = Float64Array | Int32Array | Uint8Array;

const segmentLength = 2 ** 12;

/**
 * In segments of 4,096, each made when it first holds another number than 0: what is 0 throughout takes nothing,
 * and growing copies nothing, so that there is never an old array beside a new one of twice its size.
 */
export function createZeros(Kind: new (length: number) => Numbers): Zeros {
  const segments: (Numbers | undefined)[] = [];
  return {
    get: (at) => segments[Math.floor(at / segmentLength)]?.[at % segmentLength] ?? 0,
    set: (at, value) => {
      const number = Math.floor(at / segmentLength);
      let segment = segments[number];
      if (segment === undefined) {
        if (value === 0) return;
        while (segments.length < number) segments.push(undefined);
        segment = new Kind(segmentLength);
        segments[number] = segment;
      }
      segment[at % segmentLength] = value;
    },
  };
}
