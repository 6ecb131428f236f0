import { createScorers } from '../../src/scorers/index.ts';
import type { JobRecord, Json, Score } from '../../src/types.ts';
import { madeRecord } from '../reports/made-records.ts';

/** The only scorer that a text names. */
export function madeScorer(text: string) {
  const [named] = createScorers([text], { price: { in: 3, out: 15 } });
  if (named === undefined) throw new Error(`no scorer ${text}`);
  return named.scorer;
}

/** What a scorer makes of an answer. */
export function scoreOf(
  text: string,
  expected: Json,
  response: string | null,
  fields: Partial<JobRecord> = {},
): Score {
  const given = madeScorer(text).score(madeRecord({ expected, response, ...fields }));
  if (given instanceof Promise) throw new Error(`${text} gives a promise`);
  return given;
}
