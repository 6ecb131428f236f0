/** A simulated agent, asked the same each night and measured by the last good nights. */

import type { Watched } from '../../src/drift-types.ts';
import { seededRandom } from '../../src/random.ts';
import { evidenceIn, isAtRest, watchDrift } from '../../src/stats/drift.ts';
import { times } from './made-scores.ts';

export interface Simulated {
  readonly seed: number;
  readonly nights: number;
  readonly last: number;
  readonly maxDrop?: number;
  /** How many points of 1 the mean is below its best at a night. */
  readonly loss?: (night: number) => number;
}

const mean = 0.85;

/** 50 examples of differing difficulty, Beta(2p, 2(1 − p)), 3 trials each. Tells at which nights the state changed. */
export function changedAt({ seed, nights, last, maxDrop = 0.02, loss = () => 0 }: Simulated): number[] {
  const random = seededRandom(seed);
  const chanceAround = (): number => {
    const [one, other] = [random() ** (1 / (2 * mean)), random() ** (1 / (2 * (1 - mean)))];
    return one + other <= 1 ? one / (one + other) : chanceAround();
  };
  const chances = times(50, chanceAround);
  const good: number[][][] = [];
  const changes: number[] = [];
  let watched: readonly Watched[] = [];
  for (let night = 0; night < nights; night += 1) {
    const left = 1 - loss(night) / mean;
    const scores = chances.map((chance) => times(3, () => (random() < chance * left ? 1 : 0)));
    const was = watched.some(({ state }) => state === 'regressed');
    if (good.length > 0) {
      const pairs = scores.map((candidate, at) => ({
        baseline: good.flatMap((one) => one[at] ?? []),
        candidate,
      }));
      watched = watchDrift(watched, [evidenceIn('exact', pairs, { draws: 1_000, seed: 1 })], maxDrop);
    }
    if (watched.some(({ state }) => state === 'regressed') !== was) changes.push(night);
    if (!isAtRest(watched)) continue;
    good.push(scores);
    if (good.length > last) good.shift();
  }
  return changes;
}
