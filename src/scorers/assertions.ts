import type { ScorerKind } from '../contracts.ts';
import { ConfigError } from '../errors.ts';
import type { Score, UnscoredRecord } from '../types.ts';
import { type AssertionSet, assertionSet } from './assertion-set.ts';
import { type AssertionMeans, judgeAssertion, missingFor } from './judge-assertion.ts';
import { judgementOf } from './judge-rubric.ts';
import { compileRegex, keptRegexes } from './regex.ts';
import { failed, notScored, passed } from './score.ts';

/** A row as promptfoo passes or fails it: all that its `__expected` columns ask must hold, or the share of `__threshold`. */
export const assertions: ScorerKind = {
  judges: "what promptfoo's __expected columns ask holds: all of it, or the share that __threshold names",
  argument: null,
  create: (argument, { price, judge = null }) => {
    if (argument !== null) throw new ConfigError('assertions: expected nothing behind the name');
    const means: AssertionMeans = { price, judge, regexOf: keptRegexes((source) => compileRegex(source)) };
    return {
      needsExpected: false,
      fault: (example) => {
        const set = assertionSet(example);
        const missing = set.assertions.map((each) => missingFor(each, means)).filter((each) => each !== null);
        const all = [...set.faults, ...missing];
        return all.length === 0 ? null : all.join('; ');
      },
      score: (record) => judgeSet(assertionSet(record), record, means),
    };
  },
};

function judgeSet(set: AssertionSet, record: UnscoredRecord, means: AssertionMeans): Score | Promise<Score> {
  if (set.faults.length > 0) return notScored(set.faults.join('; '));
  if (set.assertions.length === 0) return notScored('the example expects nothing');
  const scores = set.assertions.map((each) => judgeAssertion(each, record, means));
  return scores.some((score) => score instanceof Promise)
    ? Promise.all(scores).then((all) => withJudgement(scoreOfSet(set, all), all))
    : scoreOfSet(set, scores as Score[]);
}

function withJudgement(score: Score, all: readonly Score[]): Score {
  const judge = judgementOf(all);
  return judge === null ? score : { ...score, judge };
}

function scoreOfSet(set: AssertionSet, scores: readonly Score[]): Score {
  const reasons = (of: 0 | null) => scores.filter(({ value }) => value === of).map(({ reason }) => reason);
  const held = scores.filter(({ value }) => value === 1).length;
  const unknown = scores.filter(({ value }) => value === null).length;
  const holdsEnough = (count: number) => count / scores.length >= (set.threshold ?? 1);
  // What could not be judged decides nothing where the rest is enough, or too little whatever it were.
  if (holdsEnough(held)) return passed();
  if (holdsEnough(held + unknown)) return notScored(reasons(null).join('; '));
  return failed(told(held, scores.length, set.threshold, reasons(0)));
}

const told = (
  held: number,
  all: number,
  threshold: number | null,
  reasons: readonly (string | null)[],
): string => {
  const asked = threshold === null ? '' : ` (${threshold} of them is asked)`;
  return all === 1 ? (reasons[0] ?? '') : `${held} of ${all} hold${asked}: ${reasons.join('; ')}`;
};
