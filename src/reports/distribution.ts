import type { Distribution } from '../summary-types.ts';

/** How often something was told, and all of it added up. */
export interface Total {
  readonly n: number;
  readonly sum: number;
}

/** Adds times up in fixed memory, however many they are. */
export interface Histogram {
  /** @throws RangeError A time that is negative or not a number is a bug of whoever measured it. */
  add(ms: number): void;
  /** Percentiles by nearest rank, at most 0.5 % from the true ones between 0.01 ms and 30 days; `n` and `max` are exact. */
  distribution(): Distribution;
  total(): Total;
}

const lowestMs = 0.01;
const highestMs = 30 * 24 * 3_600_000;

/** Each bucket ends at this multiple of its beginning: its middle is within 0.4 % of all it holds, rounding adds 0.05 %. */
const growth = 1.008;
const bucketCount = Math.ceil(Math.log(highestMs / lowestMs) / Math.log(growth)) + 1;

/** Below so many values the largest of them does not bound the percentile with 95 % certainty, so none is told. */
export const fewestValues = { p50: 1, p90: 29, p95: 59, p99: 299 } as const;

export function createHistogram(): Histogram {
  const buckets = new Float64Array(bucketCount);
  let n = 0;
  let sum = 0;
  let below = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = 0;

  const valueAt = (percent: number): number => {
    let before = below;
    const rank = Math.ceil((percent * n) / 100);
    if (rank <= before) return 0;
    const bucket = buckets.findIndex((count) => {
      before += count;
      return before >= rank;
    });
    return Math.min(max, Math.max(min, middleOf(bucket)));
  };
  const supported = (percent: number, fewest: number) => (n < fewest ? null : valueAt(percent));

  return {
    add(ms) {
      if (!(ms >= 0 && ms < Number.POSITIVE_INFINITY))
        throw new RangeError(`a time must be 0 ms or more: ${ms}`);
      n += 1;
      sum += ms;
      min = Math.min(min, ms);
      max = Math.max(max, ms);
      if (ms < lowestMs) below += 1;
      else {
        const bucket = bucketOf(ms);
        buckets[bucket] = (buckets[bucket] ?? 0) + 1;
      }
    },
    total: () => ({ n, sum }),
    distribution: () => ({
      n,
      p50: supported(50, fewestValues.p50),
      p90: supported(90, fewestValues.p90),
      p95: supported(95, fewestValues.p95),
      p99: supported(99, fewestValues.p99),
      max: n === 0 ? null : max,
    }),
  };
}

function bucketOf(ms: number): number {
  return Math.min(bucketCount - 1, Math.floor(Math.log(ms / lowestMs) / Math.log(growth)));
}

/** The value with the smallest relative error over the whole bucket, to four digits. */
function middleOf(bucket: number): number {
  const middle = (lowestMs * growth ** bucket * 2 * growth) / (1 + growth);
  return Number(middle.toPrecision(4));
}
