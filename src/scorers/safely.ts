/** A score of every turn, whatever a scorer does: it stops nothing, and what it cannot judge is not scored. */

import type { Scorer, Talk } from '../contracts.ts';
import { isUnknown } from '../expectation.ts';
import { isObject } from '../json.ts';
import type { Judgement, Score, UnscoredRecord } from '../types.ts';
import { notScored, shown } from './score.ts';

/** What a scorer makes of a turn, checked. A promise only where the scorer gives one: most do not, and a promise a row costs. */
export function scoreSafely(
  scorer: Scorer,
  record: UnscoredRecord,
  talk: Talk | null = null,
): Score | Promise<Score> {
  const why = whyNotAsked(scorer, record);
  if (why !== null) return notScored(why);
  try {
    const given: unknown = scorer.score(record, talk);
    return given instanceof Promise ? given.then(checked, thrown) : checked(given);
  } catch (error) {
    return thrown(error);
  }
}

function whyNotAsked(
  { needsExpected, judgesInterrupted = false }: Scorer,
  { outcome, failure, expected }: UnscoredRecord,
): string | null {
  if (outcome !== 'success' && !(judgesInterrupted && outcome === 'interrupted')) {
    return `the turn ended in ${outcome}${failure === null ? '' : ` (${failure.code})`}: there is no answer to judge`;
  }
  return needsExpected && isUnknown(expected) ? 'the example expects nothing' : null;
}

/** A score as it is to be, or none with what was given instead. */
export function checked(given: unknown): Score {
  if (typeof given !== 'object' || given === null || !('value' in given)) {
    return notScored(`the scorer gave no score: expected {value, reason}, saw ${written(given)}`);
  }
  const { value } = given;
  const reason = 'reason' in given && typeof given.reason === 'string' ? given.reason : null;
  if (value === null) return judged(notScored(reason ?? 'the scorer gave no reason'), given);
  if (typeof value === 'number' && value >= 0 && value <= 1) return judged({ value, reason }, given);
  return notScored(`the scorer gave no score: expected a value from 0 to 1, or null, saw ${written(value)}`);
}

/** With what a judge tells of itself. */
function judged(score: Score, given: object): Score {
  if (!('judge' in given) || !isJudgement(given.judge)) return score;
  const { model, prompt, temperature, raw } = given.judge;
  return { ...score, judge: { model, prompt, temperature, raw } };
}

const isJudgement = (given: unknown): given is Judgement =>
  isObject(given) &&
  typeof given['model'] === 'string' &&
  typeof given['prompt'] === 'string' &&
  (given['temperature'] === null || Number.isFinite(given['temperature'])) &&
  (given['raw'] === null || typeof given['raw'] === 'string');

const thrown = (error: unknown): Score =>
  notScored(`the scorer failed: ${error instanceof Error ? (error.stack ?? error.message) : written(error)}`);

function written(value: unknown): string {
  if (value === undefined || typeof value === 'number') return String(value);
  try {
    return shown(JSON.stringify(value) ?? String(value));
  } catch {
    return 'something that cannot be written';
  }
}
