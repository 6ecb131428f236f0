/** How far the mean score of two runs over the same examples differs, with its interval. */

import { fewestClusters } from './estimate.ts';
import { cut, type Interval, type IntervalMethod } from './interval.ts';
import { Moments, mean } from './moments.ts';
import { normalQuantile } from './normal.ts';
import { changesOf, type Difference, differences, type PairedExample } from './paired.ts';
import { isTooSkewed } from './skew.ts';
import { type StandardError, standardError } from './standard-error.ts';
import { studentQuantile } from './student.ts';
import { type Changes, tangoInterval } from './tango.ts';

export interface DifferenceEstimate {
  /** Mean scores over the examples that have one in both runs, 0..1. */
  readonly baseline: number;
  readonly candidate: number;
  /** Candidate less baseline, −1..1. */
  readonly difference: number;
  /** Null where there are fewer than two units. */
  readonly standardError: number | null;
  readonly examples: number;
  /** Examples, or clusters of them. */
  readonly units: number;
  /** Examples without a score in one of the runs. */
  readonly leftOut: number;
  /** For other examples of the kind; null where so few support none, and `caution` then says so. */
  readonly interval: Interval | null;
  readonly method: IntervalMethod | null;
  readonly caution: string | null;
  /** Whole counts, of one trial of 0 or 1 in each run; else null. */
  readonly changes: Changes | null;
}

/** Below so many examples a mean of differences is not taken for normal. */
const fewestForStudent = 30;

/** The paired difference; null where no example has a score in both runs. @param confidence 0..1, such as 0.95. */
export function estimateDifference(
  pairs: readonly PairedExample[],
  confidence: number,
): DifferenceEstimate | null {
  const all = differences(pairs);
  if (all.length === 0) return null;
  const error = standardError(all);
  const changes = isCounted(pairs) ? changesOf(all) : null;
  const facts = {
    baseline: mean(all.map(({ baseline }) => baseline)),
    candidate: mean(all.map(({ candidate }) => candidate)),
    difference: mean(all.map(({ value }) => value)),
    standardError: error?.value ?? null,
    examples: all.length,
    units: error?.units ?? 1,
    leftOut: pairs.length - all.length,
    changes,
  };
  if (error === null) return { ...facts, interval: null, method: null, caution: onlyOne(all.length) };
  const isClustered = error.units < all.length;
  const made = isClustered
    ? student(facts.difference, error, confidence)
    : ofExamples(all, { error, isCounted: changes !== null, confidence });
  return { ...facts, ...made, caution: isClustered ? fewClusters(error.units) : null };
}

interface Made {
  readonly interval: Interval;
  readonly method: IntervalMethod;
}

/**
 * Tango's where it counts changes, and where t would be too narrow: few examples, or few of them with most of the change,
 * by Cochran's rule. It then works on the sum and the spread of the differences.
 */
function ofExamples(
  all: readonly Difference[],
  { error, isCounted, confidence }: { error: StandardError; isCounted: boolean; confidence: number },
): Made {
  const values = all.map(({ value }) => value);
  const isFew = values.length < fewestForStudent || error.value === 0;
  if (!isCounted && !isFew && !isTooSkewed(Moments.of(values), values.length))
    return student(mean(values), error, confidence);
  const z = normalQuantile((1 + confidence) / 2);
  return { interval: tangoInterval(changesOf(all), z), method: 'tango' };
}

function student(difference: number, error: StandardError, confidence: number): Made {
  const reach = studentQuantile((1 + confidence) / 2, error.df) * error.value;
  const interval = { low: difference - reach, high: difference + reach };
  return { interval: cut(interval, difference, [-1, 1]), method: 'student' };
}

/** One trial of 0 or 1 in each run? */
const isCounted = (pairs: readonly PairedExample[]) =>
  pairs.every(({ baseline, candidate }) =>
    [baseline, candidate].every(
      (scores) => scores.length <= 1 && scores.every((score) => score === 0 || score === 1),
    ),
  );

const onlyOne = (examples: number) =>
  `no interval: one ${examples === 1 ? 'example' : 'cluster'} cannot tell how changes differ`;

const fewClusters = (clusters: number) =>
  clusters < fewestClusters
    ? `only ${clusters} clusters: the interval may be too narrow, ${fewestClusters} are enough`
    : null;
