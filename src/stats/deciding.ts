/** What would turn an INCONCLUSIVE into a verdict. */

import type { DifferenceEstimate } from './difference.ts';
import { normalQuantile } from './normal.ts';
import type { PairedExample } from './paired.ts';
import { scoredInBoth } from './paired.ts';
import { examplesNeeded, type Question, trialsNeeded } from './power.ts';
import { pairedComponents } from './variance-components.ts';

export interface Deciding {
  /** Examples in all, at the trials there are; null where no number is known to do. */
  readonly examples: number | null;
  /** Trials of each example in both runs, at the examples there are; null where repeats would not do, or without two trials to judge by. */
  readonly trials: number | null;
}

/** Below so many examples, or clusters, no OK is given: too few to gate. */
export const fewestToGate = 20;

/** More repeats than these nobody runs. */
const mostTrials = 100;

/**
 * About how many examples, or trials, would decide: enough to find the allowed drop as surely as asked, and enough for a
 * difference such as the one seen to leave either 0 or the allowed drop.
 */
export function whatDecides(
  estimate: DifferenceEstimate,
  pairs: readonly PairedExample[],
  question: Question,
): Deciding {
  return {
    examples: examplesThatDecide(estimate, question),
    trials: trialsThatDecide(estimate, pairs, question),
  };
}

/** A smaller difference needs more examples than anybody has, and its square may be no number. */
const leastDifference = 1e-6;

function examplesThatDecide(
  { difference, standardError, examples, units }: DifferenceEstimate,
  question: Question,
): number | null {
  const { drop, alpha } = question;
  const z = normalQuantile(1 - alpha / 2);
  const spread = examples * (standardError ?? 0) ** 2;
  const distance = Math.max(difference + drop, -difference);
  if (distance < leastDifference) return null;
  const asSeen = (z * z * spread) / distance ** 2;
  const toGate = (fewestToGate * examples) / units;
  const forDrop = drop < leastDifference ? 0 : Math.max(toSeeNone(drop, z), planFor(spread, question));
  return Math.ceil(Math.max(toGate, forDrop, asSeen, examples + 1));
}

/** With no change in n examples, Tango's lower bound is −z²/(n + z²). */
const toSeeNone = (drop: number, z: number) => (z * z * (1 - drop)) / drop;

/** Examples below which a drop is not ruled out, though none of them changed. */
export const fewestToRuleOut = ({ drop, alpha }: Pick<Question, 'drop' | 'alpha'>): number =>
  Math.floor(toSeeNone(drop, normalQuantile(1 - alpha / 2))) + 1;

const planFor = (spread: number, question: Question) =>
  examplesNeeded(
    { between: spread, withinBaseline: 0, withinCandidate: 0 },
    { baseline: 1, candidate: 1 },
    question,
  );

function trialsThatDecide(
  { units, examples }: DifferenceEstimate,
  pairs: readonly PairedExample[],
  question: Question,
): number | null {
  const components = pairedComponents(pairs);
  if (components === null || question.drop < leastDifference || units < fewestToGate || units < examples)
    return null;
  const { between, withinBaseline, withinCandidate } = components;
  if (withinBaseline === null || withinCandidate === null) return null;
  const needed = trialsNeeded({ between, withinBaseline, withinCandidate }, examples, question);
  const most = scoredInBoth(pairs).reduce(
    (before, { baseline, candidate }) => Math.max(before, Math.min(baseline.length, candidate.length)),
    0,
  );
  return needed === null || needed > mostTrials ? null : Math.max(needed, most + 1);
}
