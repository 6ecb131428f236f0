/** Scores by example, as all of statistics takes them: the example is the unit, never the trial. */

import { mean } from './moments.ts';

/** One example's trials that were scored; none where all failed to run or were not scored. */
export interface ScoredExample {
  /** 0..1 each, in any order. */
  readonly scores: readonly number[];
  /** Examples of one cluster (a document, a template, a tenant) are alike; without one, an example is its own. */
  readonly cluster?: string | undefined;
}

/** One example's mean over its trials. */
export interface ExampleMean {
  readonly mean: number;
  readonly trials: number;
  readonly cluster: string | undefined;
}

/**
 * The mean of each example that has a score; the others are left out.
 *
 * @throws RangeError A score that is not within 0..1 is a bug of whoever gave it.
 */
export function exampleMeans(examples: readonly ScoredExample[]): ExampleMean[] {
  return examples.flatMap(({ scores, cluster }) => {
    const value = exampleMean(scores);
    return value === null ? [] : [{ mean: value, trials: scores.length, cluster }];
  });
}

/** Null where none was scored. @throws RangeError as above. */
export const exampleMean = (scores: readonly number[]): number | null =>
  scores.length === 0 ? null : mean(scores.map(checked));

function checked(score: number): number {
  if (!(score >= 0 && score <= 1)) throw new RangeError(`a score must be from 0 to 1: ${score}`);
  return score;
}
