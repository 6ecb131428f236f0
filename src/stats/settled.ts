/**
 * Can a verdict still change, while some examples are not over? Told by bounds that hold whatever these score, from 0 to
 * 1, and also where any of them fails to run and is left out: docs/design/comparing.md derives them.
 */

import { fewestToGate } from './deciding.ts';
import { normalQuantile } from './normal.ts';
import { differences, type PairedExample } from './paired.ts';
import { permutationTest, shuffleLabels } from './permutation.ts';
import { studentQuantile } from './student.ts';
import type { VerdictOptions } from './verdict.ts';

/** An example in both runs, of which the second may not be over. */
export interface OpenPair {
  readonly baseline: readonly number[];
  /** Null: not over; trials that it has already do not count. */
  readonly candidate: readonly number[] | null;
}

export interface OpenRun {
  readonly scorers: ReadonlyMap<string, readonly OpenPair[]>;
  /** Of each example's trials, in both: 1 where it ran, 0 where it failed to. */
  readonly ran: readonly OpenPair[];
  /** Trials of each example in the candidate. */
  readonly trials: number;
}

/** The verdict that `judge` gives in whatever way the rest turns out; null where it may still be another. */
export function settledVerdict(run: OpenRun, options: VerdictOptions): 'OK' | 'REGRESSED' | null {
  const parts = [...run.scorers.values()].map(partsOf);
  const tests = parts.length + 1;
  if (parts.some((each) => isNeverOk(each, options) && isSurelyWorse(each, { ...run, tests }, options)))
    return 'REGRESSED';
  const isOk = parts.length > 0 && parts.every((each) => isAlwaysOk(each, options));
  return isOk && neverFailsMore(run, options) ? 'OK' : null;
}

interface Parts {
  readonly done: readonly PairedExample[];
  /** Baseline scores of those that are not over. */
  readonly open: readonly (readonly number[])[];
  /** Of the differences of those that are over. */
  readonly sum: number;
  readonly squares: number;
}

function partsOf(pairs: readonly OpenPair[]): Parts {
  const scored = pairs.filter(({ baseline }) => baseline.length > 0);
  const done = scored.flatMap(({ baseline, candidate }) =>
    candidate === null || candidate.length === 0 ? [] : [{ baseline, candidate }],
  );
  const open = scored.filter(({ candidate }) => candidate === null).map(({ baseline }) => baseline);
  const values = differences(done).map(({ value }) => value);
  return {
    done,
    open,
    sum: values.reduce((sum, value) => sum + value, 0),
    squares: values.reduce((sum, value) => sum + value * value, 0),
  };
}

/** Between what the sum and the sum of squares of n differences lie. */
interface Box {
  readonly n: number;
  readonly sum: readonly [low: number, high: number];
  readonly squares: readonly [low: number, high: number];
}

/** One for each number of open examples that may get a score in the end. */
function boxesOf({ done, open, sum, squares }: Parts): Box[] {
  const means = open.map((scores) => scores.reduce((all, score) => all + score, 0) / scores.length);
  const falls = means.toSorted((one, other) => other - one);
  const rises = means.map((mean) => 1 - mean).sort((one, other) => other - one);
  const farthest = means.map((mean) => Math.max(mean, 1 - mean) ** 2).sort((one, other) => other - one);
  let box: Box = { n: done.length, sum: [sum, sum], squares: [squares, squares] };
  const boxes = [box];
  for (let at = 0; at < open.length; at += 1) {
    box = {
      n: box.n + 1,
      sum: [box.sum[0] - (falls[at] ?? 0), box.sum[1] + (rises[at] ?? 0)],
      squares: [squares, box.squares[1] + (farthest[at] ?? 0)],
    };
    boxes.push(box);
  }
  return boxes;
}

/** So that rounding decides nothing. */
const slack = 1e-9;

function isAlwaysOk(parts: Parts, { maxDrop, alpha }: VerdictOptions): boolean {
  if (parts.done.length < fewestToGate) return false;
  const z = normalQuantile(1 - alpha / 2);
  const t = studentQuantile(1 - alpha / 2, parts.done.length - 1);
  return boxesOf(parts).every(({ n, sum, squares }) => {
    const [low, high] = sum;
    const room = low + n * maxDrop;
    const tango = tangoSpread({ n, sum: high, squares: squares[1] }, maxDrop);
    const leastSquare = low <= 0 && high >= 0 ? 0 : Math.min(low * low, high * high);
    const variance = Math.max(0, squares[1] - leastSquare / n) / (n * (n - 1));
    return room > z * tango + slack && room / n > t * Math.sqrt(variance) + slack;
  });
}

function isNeverOk(parts: Parts, { maxDrop, alpha }: VerdictOptions): boolean {
  const z = normalQuantile(1 - alpha / 2);
  return boxesOf(parts).every(({ n, sum, squares }) => {
    if (n < fewestToGate) return true;
    const [low, high] = sum;
    const room = high + n * maxDrop;
    if (room < -slack) return true; // the interval holds its estimate
    const tango = tangoSpread({ n, sum: low, squares: squares[0] }, maxDrop);
    const variance = Math.max(0, squares[0] - Math.max(low * low, high * high) / n) / (n * (n - 1));
    return room < z * tango - slack && room / n < z * Math.sqrt(variance) - slack;
  });
}

/** What Tango's score divides by where a drop of `maxDrop` is true; it grows with the sum and with the squares. */
function tangoSpread(
  { n, sum, squares }: { readonly n: number; readonly sum: number; readonly squares: number },
  maxDrop: number,
): number {
  const at = maxDrop * (1 + maxDrop);
  const linear = -squares - (2 * n - sum) * maxDrop;
  const constant = (Math.max(0, squares - sum) / 2) * at;
  const lostShare = (Math.sqrt(Math.max(0, linear * linear - 8 * n * constant)) - linear) / (4 * n);
  return Math.sqrt(Math.max(0, n * (2 * lostShare - at)));
}

/** Draws of the final test may be others: so many standard errors are kept off. */
const errorsKeptOff = 6;

function isSurelyWorse(
  { done, open }: Parts,
  { trials, tests }: { readonly trials: number; readonly tests: number },
  options: VerdictOptions,
): boolean {
  const worst =
    trials === 1
      ? permutationTest([...done, ...open.map((baseline) => ({ baseline, candidate: [1] }))], options).worse
      : shuffleLabels(done, options, shiftOf(open)).worse;
  const kept = worst + errorsKeptOff * Math.sqrt(worst / options.draws) + errorsKeptOff / options.draws;
  return tests * kept < options.alpha / 2;
}

/** By how much a deal of the open examples can fall short of what they come to, however many trials they get. */
const shiftOf = (open: Parts['open']): number =>
  open.reduce((sum, scores) => sum + 2 * (1 - scores.reduce((least, score) => Math.min(least, score), 1)), 0);

/** Would trials fail no more often than chance explains, if all that are not over failed? */
function neverFailsMore({ ran, trials }: OpenRun, options: VerdictOptions): boolean {
  const failed = new Array<number>(trials).fill(0);
  const worst = ran.map(({ baseline, candidate }) => ({ baseline, candidate: candidate ?? failed }));
  const { worse } = permutationTest(worst, options);
  const kept = errorsKeptOff * (Math.sqrt(worse / options.draws) + 1 / options.draws);
  return worse - kept > options.alpha / 2;
}
