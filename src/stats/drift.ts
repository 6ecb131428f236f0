/**
 * Did an agent change for the worse, judged batch after batch? Page's CUSUM (1954) over what each batch shows against the
 * last good ones: a verdict by itself each night at 2.5 % would cry wolf nine times a year.
 */

import type { DriftState, Watched } from '../drift-types.ts';
import { mean, variance } from './moments.ts';
import { normalQuantile } from './normal.ts';
import { differences, type PairedExample, scoredInBoth } from './paired.ts';
import { type PermutationOptions, permutationTest } from './permutation.ts';

/** What one batch shows of one thing that is watched. */
export interface Evidence {
  /** Null: whether trials ran at all. */
  readonly scorer: string | null;
  /** Null: no example tells anything. */
  readonly test: {
    /** One-sided, of "no example changed": small where this batch is worse. */
    readonly p: number;
    /** Was p counted? Else it was drawn, and is coarse where it is small. */
    readonly isExact: boolean;
    /** Means over the examples in both, 0..1. */
    readonly baseline: number;
    readonly candidate: number;
    /** Of their difference, if no example changed; 0 where nothing varied. */
    readonly error: number;
  } | null;
}

/** What a batch shows of one thing, from the scores of both sides by example. */
export function evidenceIn(
  scorer: string | null,
  pairs: readonly PairedExample[],
  options: PermutationOptions,
): Evidence {
  const all = differences(pairs);
  if (all.length === 0) return { scorer, test: null };
  const { worse: p, method } = permutationTest(pairs, options);
  const baseline = mean(all.map((each) => each.baseline));
  const candidate = mean(all.map((each) => each.candidate));
  return {
    scorer,
    test: { p, isExact: method === 'exact', baseline, candidate, error: shuffledError(pairs) },
  };
}

/** Chosen by simulation: docs/design/drift.md. */
export const driftDefaults = {
  /** Standard deviations that a batch may be below before anything adds up: half of a change that is to be told soon. */
  allowance: 1.25,
  /** Batches from one false alarm to the next, at least, over all that is watched. */
  between: 365,
  /** A batch is a baseline for the next ones only where the statistic is within this share of its threshold. */
  atRest: 0.25,
} as const;

/**
 * What holds after a batch.
 *
 * The statistic grows by the evidence less the allowance, from 0 up to the threshold; there it is regressed, and it has
 * recovered once it is back at 0. What is not compared any more is watched no more.
 * @param before What held after the batch before; none: this is the first.
 * @param maxDrop The drop of the mean that is allowed, 0..1: evidence counts from there.
 */
export function watchDrift(
  before: readonly Watched[],
  evidence: readonly Evidence[],
  maxDrop: number,
): Watched[] {
  const threshold = thresholdOf(evidence.length);
  return evidence.map((each) => {
    const was = before.find(({ scorer }) => scorer === each.scorer);
    const shown = shownBy(each, maxDrop);
    const sum = (was?.statistic ?? 0) + (shown === null ? 0 : shown - driftDefaults.allowance);
    const statistic = Math.min(threshold, Math.max(0, sum));
    return {
      scorer: each.scorer,
      state: stateOf(was?.state ?? 'steady', statistic, threshold),
      statistic,
      threshold,
      evidence: shown,
    };
  });
}

function stateOf(was: DriftState, statistic: number, threshold: number): DriftState {
  if (statistic >= threshold) return 'regressed';
  return statistic === 0 ? 'steady' : was;
}

/**
 * The statistic times twice the allowance is Page's log likelihood ratio, for a change of twice the allowance: where it has
 * to reach ln(n), false alarms are n batches apart on average or more, whatever the allowance (Lorden 1971).
 */
export const thresholdOf = (watched: number): number =>
  Math.log(driftDefaults.between * watched) / (2 * driftDefaults.allowance);

/** A p of fewer draws than about twenty of 10,000 is coarse. */
const leastDrawn = 0.002;
/** Nearer to 0, or to 1, no number is told apart. */
const leastP = 1e-300;
const mostP = 1 - 1e-9;
/** One batch that is better than any cannot take away what several have shown. */
const leastEvidence = -3;

function shownBy({ test }: Evidence, maxDrop: number): number | null {
  if (test === null) return null;
  const { p, isExact, baseline, candidate, error } = test;
  if (error === 0) return leastEvidence;
  const byP = -normalQuantile(Math.min(mostP, Math.max(leastP, p)));
  const deviations = isExact || p >= leastDrawn ? byP : Math.max(byP, (baseline - candidate) / error);
  return Math.max(leastEvidence, deviations - maxDrop / error);
}

/** May later batches be measured by it? Not while something adds up that may yet prove a change. */
export const isAtRest = (watched: readonly Watched[]): boolean =>
  watched.every(
    ({ state, statistic, threshold }) => state === 'steady' && statistic <= driftDefaults.atRest * threshold,
  );

/** The standard deviation of the mean difference if labels were shuffled within each example; 0 where nothing varies. */
function shuffledError(pairs: readonly PairedExample[]): number {
  const both = scoredInBoth(pairs);
  if (both.length === 0) return 0;
  const sum = both.reduce(
    (before, { baseline, candidate }) =>
      before + variance([...baseline, ...candidate]) * (1 / baseline.length + 1 / candidate.length),
    0,
  );
  return Math.sqrt(sum) / both.length;
}
