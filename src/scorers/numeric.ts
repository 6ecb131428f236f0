import type { ScorerKind } from '../contracts.ts';
import { ConfigError } from '../errors.ts';
import type { Json } from '../types.ts';
import { isWithin, noTolerance, type Tolerance, toleranceOf } from './decimal.ts';
import { type FoundNumber, lastNumber } from './last-number.ts';
import { answerOf, failed, notScored, passedIf, shown, shownEnd } from './score.ts';

export const numeric: ScorerKind = {
  judges: 'the last number of the answer is that of the expectation',
  argument: 'how far it may be off: 0.01, or 1% of what is expected',
  create: (argument) => {
    const tolerance = argument === null ? noTolerance : toleranceOf(argument);
    if (tolerance === null) {
      throw new ConfigError(`numeric: expected a tolerance such as 0.01 or 1%, got ${shown(argument ?? '')}`);
    }
    return {
      needsExpected: true,
      fault: ({ expected }) => (expectedNumber(expected) === null ? noNumber(expected) : null),
      score: (record) => {
        const expected = expectedNumber(record.expected);
        return expected === null
          ? notScored(noNumber(record.expected))
          : judge(answerOf(record), expected, tolerance);
      },
    };
  },
};

function judge(answer: string, expected: FoundNumber, tolerance: Tolerance) {
  const seen = lastNumber(answer);
  if (seen === null) return failed(`expected ${expected.text}, saw no number in ${shownEnd(answer)}`);
  return passedIf(
    isWithin(seen.value, expected.value, tolerance),
    () => `expected ${expected.text}, saw ${seen.text} in ${shownEnd(answer)}`,
  );
}

export const expectedNumber = (expected: Json): FoundNumber | null =>
  typeof expected === 'number' || typeof expected === 'string' ? lastNumber(String(expected)) : null;

const noNumber = (expected: Json): string =>
  `numeric expected a number to compare with, saw none in ${shown(typeof expected === 'string' ? expected : JSON.stringify(expected))}`;
