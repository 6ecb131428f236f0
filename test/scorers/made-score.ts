import type { Scorer } from '../../src/contracts.ts';
import { scorerKinds } from '../../src/scorers/index.ts';
import { parseScorerSpec } from '../../src/scorers/spec.ts';
import type { JobRecord, Json, Score } from '../../src/types.ts';
import { madeRecord } from '../reports/made-records.ts';
import { halfJudge } from './made-judge.ts';

/** The scorer that a text names, of those that are made at once. */
export function madeScorer(text: string): Scorer {
  const { kind, argument } = parseScorerSpec(text);
  const made = scorerKinds[kind]?.create(argument, { price: { in: 3, out: 15 }, judge: halfJudge });
  if (made === undefined || made instanceof Promise) throw new Error(`no scorer ${text}`);
  return made;
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
