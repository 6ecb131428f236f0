/** Which examples scored otherwise, and which of their answers show why. */

import { type Pair, scoresOf } from './pairing.ts';
import { type ComparedTurn, turnKey } from './side.ts';

/** An example whose mean score changed. */
export interface Change {
  readonly pair: Pair;
  readonly scorer: string;
  readonly baseline: number;
  readonly candidate: number;
  /** The turn and trials that are shown: where the two are farthest apart. */
  readonly turn: Pick<ComparedTurn, 'id' | 'turn'>;
  /** From 1. */
  readonly baselineTrial: number;
  readonly candidateTrial: number;
  /** Did one of the two answers take more than one attempt? */
  readonly isRetried: boolean;
}

/** A scorer's place on either side. */
export interface CommonScorer {
  readonly name: string;
  readonly baseline: number;
  readonly candidate: number;
}

export interface Changes {
  readonly fell: readonly Change[];
  readonly rose: readonly Change[];
}

/** So much may be rounding, of means of the same scores. */
const rounding = 1e-9;

/** How many examples fell and rose by a scorer, whatever is shown of them. */
export function countChanges(pairs: readonly { readonly difference: number }[]): {
  readonly lost: number;
  readonly gained: number;
} {
  let [lost, gained] = [0, 0];
  for (const { difference } of pairs) {
    if (difference < -rounding) lost += 1;
    if (difference > rounding) gained += 1;
  }
  return { lost, gained };
}

/** The farthest first; of those that changed alike, by scorer and in the order of the pairs. At most so many each way. */
export function farthestChanges(
  pairs: readonly Pair[],
  scorers: readonly CommonScorer[],
  most: number,
): Changes {
  const all = scorers.flatMap((scorer) => pairs.flatMap((pair) => changeOf(pair, scorer) ?? []));
  const by = (one: Means, other: Means) =>
    Math.abs(other.candidate - other.baseline) - Math.abs(one.candidate - one.baseline);
  const shown = (changes: readonly Means[]) => changes.toSorted(by).slice(0, most).map(shownOf);
  return {
    fell: shown(all.filter(({ baseline, candidate }) => candidate < baseline)),
    rose: shown(all.filter(({ baseline, candidate }) => candidate > baseline)),
  };
}

interface Means {
  readonly pair: Pair;
  readonly scorer: CommonScorer;
  readonly baseline: number;
  readonly candidate: number;
}

function changeOf(pair: Pair, scorer: CommonScorer): Means | null {
  const before = scoresOf(pair.baseline, scorer.baseline);
  const after = scoresOf(pair.candidate, scorer.candidate);
  if (before.length === 0 || after.length === 0) return null;
  const [baseline, candidate] = [meanOf(before), meanOf(after)];
  return Math.abs(candidate - baseline) <= rounding ? null : { pair, scorer, baseline, candidate };
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function shownOf({ pair, scorer, baseline, candidate }: Means): Change {
  const sign = candidate < baseline ? -1 : 1;
  let shown = null;
  for (const [at, after] of pair.candidate.entries()) {
    const before = pair.baseline[at];
    if (before === undefined) continue;
    const from = highest(before, scorer.baseline, -sign);
    const to = highest(after, scorer.candidate, sign);
    if (from === null || to === null) continue;
    const distance = sign * (to.value - from.value);
    if (shown === null || distance > shown.distance) shown = { distance, turn: after, from, to };
  }
  const { id } = pair;
  return {
    pair,
    scorer: scorer.name,
    baseline,
    candidate,
    turn: shown === null ? { id, turn: null } : { id: shown.turn.id, turn: shown.turn.turn },
    baselineTrial: shown?.from.trial ?? 1,
    candidateTrial: shown?.to.trial ?? 1,
    isRetried: (shown?.from.isRetried || shown?.to.isRetried) ?? false,
  };
}

/** The first trial with the highest score, or with the lowest where the sign is −1. */
function highest({ trials }: ComparedTurn, place: number, sign: number) {
  let best: { value: number; trial: number; isRetried: boolean } | null = null;
  for (const [at, facts] of trials.entries()) {
    const value = facts?.scores[place] ?? null;
    if (facts === null || value === null) continue;
    if (best === null || sign * value > sign * best.value)
      best = { value, trial: at + 1, isRetried: facts.isRetried };
  }
  return best;
}

/** What names one answer of a batch. */
export const answerKey = ({ id, turn }: Pick<ComparedTurn, 'id' | 'turn'>, trial: number): string =>
  `${turnKey(id, turn)}\n#${trial}`;
