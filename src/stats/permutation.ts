/** Did this dataset get worse? Whatever the scores, by shuffling which run each trial was of. */

import { seededRandom } from '../random.ts';
import { exactPermutation, type OneSided } from './exact-permutation.ts';
import { type PairedExample, scoredInBoth } from './paired.ts';

export interface PermutationOptions {
  readonly draws: number;
  readonly seed: number;
}

export interface PermutationTest extends OneSided {
  /** Of `exact` the seed plays no part. */
  readonly method: 'exact' | 'draws';
}

/**
 * One-sided p-values of the mean difference under "no example changed": exact where that can be counted, else by draws.
 * With one trial in each run it is the sign-flip test, and of scores 0 and 1 McNemar's.
 */
export function permutationTest(
  pairs: readonly PairedExample[],
  options: PermutationOptions,
): PermutationTest {
  const both = scoredInBoth(pairs);
  const exact = exactPermutation(both);
  return exact === null
    ? { ...shuffleLabels(both, options), method: 'draws' }
    : { ...exact, method: 'exact' };
}

/** What one example adds to the difference when its trials are dealt anew. */
interface Deck {
  /** All its scores, sorted. */
  readonly scores: Float64Array;
  /** How many are dealt: those of the run with fewer. */
  readonly dealt: number;
  /** Of a score dealt; negative where it is the baseline that gets them. */
  readonly weight: number;
  /** What was dealt in truth. */
  readonly seen: number;
}

/**
 * The share of draws, the truth among them, in which the difference is as low or as high as the one seen:
 * (1 + #)/(1 + draws), labels shuffled within each example (Fisher 1935; Phipson & Smyth 2010 for the 1).
 * The same for the same seed, in whatever order examples and trials come.
 * @param shift Is added to the difference seen, as a sum over examples: for what examples that are not here may bring.
 */
export function shuffleLabels(
  pairs: readonly PairedExample[],
  { draws, seed }: PermutationOptions,
  shift = 0,
): OneSided {
  const decks = pairs.map(deckOf).filter(hasDifferent).sort(inOrder);
  const seen = shift + decks.reduce((sum, deck) => sum + deck.weight * deck.seen, 0);
  const sums = new Float64Array(draws);
  const random = seededRandom(seed);
  for (const deck of decks) addDeals(sums, deck, random);
  const rounding = 1e-9 * (1 + decks.length);
  let [worse, better] = [1, 1];
  for (const sum of sums) {
    if (sum <= seen + rounding) worse += 1;
    if (sum >= seen - rounding) better += 1;
  }
  return { worse: worse / (1 + draws), better: better / (1 + draws) };
}

function deckOf({ baseline, candidate }: PairedExample): Deck {
  const hasFewerBefore = baseline.length < candidate.length;
  const fewer = hasFewerBefore ? baseline : candidate;
  const weight = 1 / baseline.length + 1 / candidate.length;
  return {
    scores: Float64Array.from([...baseline, ...candidate]).sort(),
    dealt: fewer.length,
    weight: hasFewerBefore ? -weight : weight,
    seen: fewer.reduce((sum, score) => sum + score, 0),
  };
}

const hasDifferent = ({ scores }: Deck) => scores[0] !== scores[scores.length - 1];

/** By what it holds, so that the order of examples has no part in the draws. */
function inOrder(one: Deck, other: Deck): number {
  const byShape =
    one.scores.length - other.scores.length || one.weight - other.weight || one.dealt - other.dealt;
  if (byShape !== 0) return byShape;
  const at = one.scores.findIndex((score, place) => score !== other.scores[place]);
  return at === -1 ? one.seen - other.seen : (one.scores[at] ?? 0) - (other.scores[at] ?? 0);
}

/** So many cards are dealt by one random number: 20 × 19 × 18 ways are few beside its 2³². */
const cardsPerNumber = 3;

/** Deals by the first steps of a shuffle (Durstenfeld 1964), which need no fresh deck each time. */
function addDeals(sums: Float64Array, { scores, dealt, weight }: Deck, random: () => number): void {
  const size = scores.length;
  const isLarge = size > 100;
  for (let draw = 0; draw < sums.length; draw += 1) {
    let sum = 0;
    let chance = 0;
    for (let place = 0; place < dealt; place += 1) {
      if (isLarge || place % cardsPerNumber === 0) chance = random();
      chance *= size - place;
      const from = place + Math.floor(chance);
      chance -= Math.floor(chance);
      const score = scores[from] ?? 0;
      scores[from] = scores[place] ?? 0;
      scores[place] = score;
      sum += score;
    }
    sums[draw] = (sums[draw] ?? 0) + weight * sum;
  }
}
