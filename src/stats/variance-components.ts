/** What scores vary by: from example to example, and from trial to trial of one example. */

import { mean, variance } from './moments.ts';
import { differences, type PairedExample, scoredInBoth } from './paired.ts';
import { exampleMeans, type ScoredExample } from './scored.ts';

export interface VarianceComponents {
  /** Of the examples' true means. */
  readonly between: number;
  /** Mean over examples; null where none has two trials, which alone tell it. `between` then holds both. */
  readonly within: number | null;
  /** The share of the variance that lies between examples, 0..1 (Fisher 1925); null where `within` is, or nothing varies. */
  readonly intraclassCorrelation: number | null;
}

/** The components of one run, by the moments of a one-way layout (Searle, Casella & McCulloch 1992); null below two examples. */
export function varianceComponents(examples: readonly ScoredExample[]): VarianceComponents | null {
  const means = exampleMeans(examples);
  if (means.length < 2) return null;
  const within = meanWithin(examples.map(({ scores }) => scores));
  const noise = (within ?? 0) * mean(means.map(({ trials }) => 1 / trials));
  const between = Math.max(0, variance(means.map((each) => each.mean)) - noise);
  const total = between + (within ?? 0);
  return { between, within, intraclassCorrelation: within === null || total === 0 ? null : between / total };
}

/** What a difference of two runs varies by. */
export interface PairedComponents {
  /** Of the true differences of examples: ω². Without repeats it holds the trials' noise too. */
  readonly between: number;
  /** From trial to trial of one example, null where no example of the run has two. */
  readonly withinBaseline: number | null;
  readonly withinCandidate: number | null;
}

/** The components of two runs over the same examples (Miller 2024, section 5); null below two examples. */
export function pairedComponents(pairs: readonly PairedExample[]): PairedComponents | null {
  const both = scoredInBoth(pairs);
  if (both.length < 2) return null;
  const withinBaseline = meanWithin(both.map(({ baseline }) => baseline));
  const withinCandidate = meanWithin(both.map(({ candidate }) => candidate));
  const noise =
    (withinBaseline ?? 0) * mean(both.map(({ baseline }) => 1 / baseline.length)) +
    (withinCandidate ?? 0) * mean(both.map(({ candidate }) => 1 / candidate.length));
  const total = variance(differences(both).map(({ value }) => value));
  return { between: Math.max(0, total - noise), withinBaseline, withinCandidate };
}

function meanWithin(trials: readonly (readonly number[])[]): number | null {
  const repeated = trials.filter((scores) => scores.length >= 2);
  return repeated.length === 0 ? null : mean(repeated.map((scores) => variance(scores)));
}
