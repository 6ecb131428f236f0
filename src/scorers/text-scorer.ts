import type { Scorer } from '../contracts.ts';
import { ConfigError } from '../errors.ts';
import type { Json, Score } from '../types.ts';
import { answerOf, notScored } from './score.ts';

/** Judges an answer by the text that is wanted of it, both without blanks around. */
export type JudgeText = (answer: string, wanted: string) => Score;

/**
 * A scorer that compares the answer with a text: its argument, else what the example expects.
 * @param name As its faults call it.
 */
export function textScorer(name: string, argument: string | null, judge: JudgeText): Scorer {
  if (argument !== null) {
    const wanted = argument.trim();
    if (wanted === '') throw new ConfigError(`${name}: expected some text behind the colon, got nothing`);
    return { needsExpected: false, score: (record) => judge(answerOf(record).trim(), wanted) };
  }
  return {
    needsExpected: true,
    fault: ({ expected }) => (wantedText(expected) === null ? noText(name, expected) : null),
    score: (record) => {
      const wanted = wantedText(record.expected);
      if (wanted === null) return notScored(noText(name, record.expected));
      return judge(answerOf(record).trim(), wanted);
    },
  };
}

/** What is expected as text; null where it is an object or an array. */
export const wantedText = (expected: Json): string | null =>
  typeof expected === 'object' ? null : String(expected).trim();

const noText = (name: string, expected: Json): string =>
  `${name} expected some text to compare with, saw ${Array.isArray(expected) ? 'an array' : 'an object'}: json compares these`;
