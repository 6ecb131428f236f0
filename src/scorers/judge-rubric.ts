/** promptfoo's `llm-rubric:` and `grade:`, by the batch's judge. */

import { createHash } from 'node:crypto';
import type { Judge } from '../contracts.ts';
import type { Judgement, Score, UnscoredRecord } from '../types.ts';
import { judgeBy } from './judge.ts';
import { failed, passed } from './score.ts';

/** 1 where the judge finds that it holds, 0 where it does not. */
export async function judgeRubric(
  { rubric, threshold }: { readonly rubric: string; readonly threshold: number },
  record: UnscoredRecord,
  asked: Judge,
): Promise<Score> {
  // What the row expects is the rubric itself.
  const given = await judgeBy(rubric, { ...record, expected: null }, asked);
  if (given.value === null) return given;
  const score =
    given.value >= threshold
      ? passed()
      : failed(`llm-rubric: the judge gave ${given.value}, expected ${threshold}: ${given.reason}`);
  return { ...score, judge: given.judge };
}

/** What the judge told of several rubrics, as one; null: it was not asked. */
export function judgementOf(scores: readonly Score[]): Judgement | null {
  const [first, ...more] = scores.flatMap(({ judge }) => judge ?? []);
  if (first === undefined) return null;
  if (more.length === 0) return first;
  const all = [first, ...more];
  return {
    ...first,
    prompt: createHash('sha256')
      .update(JSON.stringify(all.map(({ prompt }) => prompt)))
      .digest('hex'),
    raw: JSON.stringify(all.map(({ raw }) => raw)),
  };
}
