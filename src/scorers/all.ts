/** All of a batch's scorers on one turn. */

import type { NamedScorer, Scoring } from '../contracts.ts';
import { isUnknown } from '../expectation.ts';
import type { Score } from '../types.ts';
import { scoreSafely } from './safely.ts';

/** Scores under their scorers' names, in their order; what takes time is asked for by all at once. */
export const scoreAll =
  (scorers: readonly NamedScorer[]): Scoring =>
  (record, talk) => {
    const scores: Record<string, Score> = {};
    const waiting: Promise<void>[] = [];
    for (const { name, scorer } of scorers)
      keep(name, scoreSafely(scorer, record, talk), { scores, waiting });
    return waiting.length === 0 ? scores : Promise.all(waiting).then(() => scores);
  };

function keep(
  name: string,
  score: Score | Promise<Score>,
  { scores, waiting }: { readonly scores: Record<string, Score>; readonly waiting: Promise<void>[] },
): void {
  if (score instanceof Promise) {
    scores[name] = unanswered; // it keeps its place in their order
    waiting.push(
      score.then((given) => {
        scores[name] = given;
      }),
    );
  } else scores[name] = score;
}

const unanswered: Score = { value: null, reason: 'the scorer gave no answer' };

/** What is wrong with an example's expectations, a sentence each, with the scorer that says so. */
export const faultsOf = (
  scorers: readonly NamedScorer[],
  example: Parameters<NonNullable<NamedScorer['scorer']['fault']>>[0],
): string[] =>
  scorers.flatMap(({ name, scorer }) => {
    const isAsked = !scorer.needsExpected || !isUnknown(example.expected);
    const fault = (isAsked && scorer.fault?.(example)) || null;
    return fault === null ? [] : [`${name}: ${fault}`];
  });
