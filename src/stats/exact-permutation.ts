/** All ways at once in which the labels of two runs could lie within each example, where they can be counted. */

import { binomialCdf } from './binomial.ts';
import type { PairedExample } from './paired.ts';

/** How likely a change as far as the one seen is, one way and the other, if no example had changed. */
export interface OneSided {
  readonly worse: number;
  readonly better: number;
}

/** About a third of a second. */
const mostSteps = 3e8;

/**
 * The chances of `shuffleLabels`, without drawing: the good trials of the candidate are, example by example,
 * hypergeometric, and their sum's distribution is the convolution (Fisher 1935; Mantel & Haenszel 1959 give its normal
 * approximation). Null where scores are not all 0 or 1, where examples differ in their numbers of trials, or are too many.
 */
export function exactPermutation(pairs: readonly PairedExample[]): OneSided | null {
  const sizes = sizesOf(pairs);
  if (sizes === null || !pairs.every(isBinary)) return null;
  let seen = 0;
  const mixed: number[] = [];
  for (const { baseline, candidate } of pairs) {
    const good = total(baseline) + total(candidate);
    if (good === 0 || good === baseline.length + candidate.length) continue;
    seen += total(candidate);
    mixed.push(good);
  }
  // Each is then a fair coin, however many there are.
  if (sizes.baseline === 1 && sizes.candidate === 1) return coins(seen, mixed.length);
  if ((mixed.length * sizes.candidate) ** 2 > mostSteps) return null;
  return tailsOf(distributionOfSum(mixed, sizes), seen);
}

interface Sizes {
  readonly baseline: number;
  readonly candidate: number;
}

function sizesOf(pairs: readonly PairedExample[]): Sizes | null {
  const [first] = pairs;
  if (first === undefined) return null;
  const sizes = { baseline: first.baseline.length, candidate: first.candidate.length };
  const isAlike = ({ baseline, candidate }: PairedExample) =>
    baseline.length === sizes.baseline && candidate.length === sizes.candidate;
  return pairs.every(isAlike) ? sizes : null;
}

const isBinary = ({ baseline, candidate }: PairedExample) =>
  [...baseline, ...candidate].every((score) => score === 0 || score === 1);

const total = (scores: readonly number[]) => scores.reduce((sum, score) => sum + score, 0);

const coins = (heads: number, n: number): OneSided => ({
  worse: binomialCdf(heads, n, 0.5),
  better: binomialCdf(n - heads, n, 0.5),
});

/** @param goods Good trials of each example, over both runs. @returns The chance of each sum, from 0 on. */
function distributionOfSum(goods: readonly number[], sizes: Sizes): Float64Array {
  const chances = Array.from({ length: sizes.baseline + sizes.candidate }, (_, good) => shares(good, sizes));
  let sums = Float64Array.of(1);
  for (const good of goods) sums = convolved(sums, chances[good] ?? Float64Array.of(1));
  return sums;
}

/** The hypergeometric chances of 0, 1, … of the good trials to be the candidate's. */
function shares(good: number, { baseline, candidate }: Sizes): Float64Array {
  const weights = Float64Array.from(
    { length: candidate + 1 },
    (_, taken) => choose(candidate, taken) * choose(baseline, good - taken),
  );
  const sum = weights.reduce((before, weight) => before + weight, 0);
  return weights.map((weight) => weight / sum);
}

function choose(n: number, k: number): number {
  if (k < 0 || k > n) return 0;
  let ways = 1;
  for (let taken = 0; taken < k; taken += 1) ways *= (n - taken) / (taken + 1);
  return ways;
}

function convolved(sums: Float64Array, chances: Float64Array): Float64Array<ArrayBuffer> {
  const next = new Float64Array(sums.length + chances.length - 1);
  for (let taken = 0; taken < chances.length; taken += 1) {
    const chance = chances[taken] ?? 0;
    if (chance === 0) continue;
    for (let sum = 0; sum < sums.length; sum += 1)
      next[sum + taken] = (next[sum + taken] ?? 0) + (sums[sum] ?? 0) * chance;
  }
  return next;
}

function tailsOf(chances: Float64Array, seen: number): OneSided {
  let [worse, better] = [0, 0];
  chances.forEach((chance, sum) => {
    if (sum <= seen) worse += chance;
    if (sum >= seen) better += chance;
  });
  return { worse: Math.min(1, worse), better: Math.min(1, better) };
}
