/** Do values of one run tend to be higher than those of another over other examples? */

import { normalCdf } from './normal.ts';

export interface MannWhitney {
  /** How often a value of the first is above one of the second; a tie is half. */
  readonly u: number;
  /** Two-sided. */
  readonly p: number;
  /** Exact without ties and up to 50 values a side, else by the normal with its correction for ties and continuity. */
  readonly method: 'exact' | 'normal';
}

const mostExact = 50;

/**
 * The rank-sum test of independent values (Mann & Whitney 1947); null where one side is empty. Never for two runs over the
 * same examples, nor for trials of one example: neither are independent.
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): MannWhitney | null {
  if (first.length === 0 || second.length === 0) return null;
  const u = first.reduce(
    (sum, one) => sum + second.reduce((below, other) => below + above(one, other), 0),
    0,
  );
  const ties = tieSizes([...first, ...second]);
  const isExact = ties.length === 0 && Math.max(first.length, second.length) <= mostExact;
  return isExact
    ? { u, p: exactP(u, first.length, second.length), method: 'exact' }
    : { u, p: normalP(u, [first.length, second.length], ties), method: 'normal' };
}

const above = (one: number, other: number) => (one > other ? 1 : one === other ? 0.5 : 0);

function tieSizes(values: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()].filter((count) => count > 1);
}

/** Of all orders, the share in which U is as far from its middle: by the generating function ∏ (1 − x^(n+i))/(1 − x^i). */
function exactP(u: number, m: number, n: number): number {
  const ways = new Float64Array(m * n + 1);
  ways[0] = 1;
  for (let i = 1; i <= m; i += 1) {
    for (let at = m * n; at >= n + i; at -= 1) ways[at] = (ways[at] ?? 0) - (ways[at - n - i] ?? 0);
    for (let at = i; at <= m * n; at += 1) ways[at] = (ways[at] ?? 0) + (ways[at - i] ?? 0);
  }
  const all = ways.reduce((sum, count) => sum + count, 0);
  const upTo = Math.min(u, m * n - u);
  const tail = ways.slice(0, upTo + 1).reduce((sum, count) => sum + count, 0);
  return Math.min(1, (2 * tail) / all);
}

function normalP(u: number, [m, n]: readonly [number, number], ties: readonly number[]): number {
  const size = m + n;
  const tied = ties.reduce((sum, count) => sum + count ** 3 - count, 0);
  const spread = Math.sqrt(((m * n) / 12) * (size + 1 - tied / (size * (size - 1))));
  if (!(spread > 0)) return 1;
  const distance = Math.max(0, Math.abs(u - (m * n) / 2) - 0.5);
  return Math.min(1, 2 * normalCdf(-distance / spread));
}
