import type { Scorer, ScorerKind } from '../contracts.ts';
import { ConfigError } from '../errors.ts';
import { mostTimeouts } from '../time-limit.ts';
import type { Score } from '../types.ts';
import { type BoundedRegex, boundedRegex, searchTimeoutMs } from './bounded-regex.ts';
import { kept } from './kept.ts';
import { answerOf, notScored, passedIf, shown } from './score.ts';
import { wantedText } from './text-scorer.ts';

export const regex: ScorerKind = {
  judges: 'the regular expression matches somewhere in the answer',
  argument: 'the expression, or /expression/flags, instead of what the example expects',
  create: (argument) => {
    if (argument === null) return byExpectation();
    const compiled = compile(argument);
    if (typeof compiled === 'string') throw new ConfigError(`regex: ${compiled}`);
    return {
      needsExpected: false,
      score: (record) => judgeRegex(answerOf(record), compiled, argument),
    };
  },
};

function byExpectation(): Scorer {
  const compiledOf = kept(compile);
  const noText = 'regex expected a regular expression to compare with, saw an object or an array';
  return {
    needsExpected: true,
    fault: ({ expected }) => {
      const source = wantedText(expected);
      const compiled = source === null ? noText : compile(source);
      return typeof compiled === 'string' ? compiled : null;
    },
    score: (record) => {
      const source = wantedText(record.expected);
      const compiled = source === null ? noText : compiledOf(source);
      if (typeof compiled === 'string') return notScored(compiled);
      return judgeRegex(answerOf(record), compiled, source ?? '');
    },
  };
}

export function judgeRegex(answer: string, expression: BoundedRegex, source: string): Score {
  const isFound = expression.isIn(answer);
  if (isFound !== null) {
    return passedIf(isFound, () => `expected a match of ${shown(source)}, saw none in ${shown(answer)}`);
  }
  const givenUp = expression.isGivenUp ? `; it did so ${mostTimeouts} times and is tried no more` : '';
  return notScored(
    `the expression ${shown(source)} took longer than ${searchTimeoutMs} ms on ${answer.length} characters${givenUp}: it repeats what repeats, such as (a+)+`,
  );
}

/** Compiled, or what is wrong with it. Between slashes it may bear flags. */
function compile(text: string): BoundedRegex | string {
  const [, source = text, flags = ''] = /^\/([\s\S]+)\/([dgimsuvy]*)$/.exec(text) ?? [];
  return compileRegex(source, flags);
}

/** Compiled, or what is wrong with it. */
export function compileRegex(source: string, flags = ''): BoundedRegex | string {
  try {
    return boundedRegex(source, flags);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `expected a regular expression, got ${shown(source)}: ${why}`;
  }
}
