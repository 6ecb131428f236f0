import type { Scorer, ScorerKind } from '../contracts.ts';
import { ConfigError } from '../errors.ts';
import type { Json, Score } from '../types.ts';
import { answerOf, notScored, passedIf, shown, shownList } from './score.ts';

export const oneOf: ScorerKind = {
  judges: 'the answer is one of the expected texts, blanks around it aside',
  argument: 'the texts with | between them, instead of what the example expects',
  create: (argument) => {
    if (argument === null) return byExpectation;
    const allowed = choicesOf(argument);
    if (allowed === null) throw new ConfigError('one-of: expected texts with | between them, got nothing');
    return { needsExpected: false, score: (record) => judge(answerOf(record), allowed) };
  },
};

const byExpectation: Scorer = {
  needsExpected: true,
  fault: ({ expected }) => (choicesOf(expected) === null ? noChoices : null),
  score: (record) => {
    const allowed = choicesOf(record.expected);
    return allowed === null ? notScored(noChoices) : judge(answerOf(record), allowed);
  },
};

const noChoices =
  'one-of expected an array of texts or numbers, or texts with | between them, saw none of these';

/** `yes|no`, a JSON array of texts (in a CSV cell too), or a single text. */
export function choicesOf(expected: Json): readonly string[] | null {
  if (Array.isArray(expected)) {
    const texts = expected.map((each) => (typeof each === 'object' ? '' : String(each).trim()));
    return texts.length > 0 && !texts.includes('') ? texts : null;
  }
  if (typeof expected === 'object') return null;
  const text = String(expected).trim();
  if (text.startsWith('[')) {
    const parsed = arrayIn(text);
    if (parsed !== null) return choicesOf(parsed);
  }
  const texts = text.split('|').map((each) => each.trim());
  return texts.filter((each) => each !== '').length > 0 ? texts.filter((each) => each !== '') : null;
}

function arrayIn(text: string): Json[] | null {
  try {
    const parsed = JSON.parse(text) as Json;
    return Array.isArray(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

const judge = (answer: string, allowed: readonly string[]): Score =>
  passedIf(
    allowed.includes(answer.trim()),
    () => `expected one of ${shownList(allowed)}, saw ${shown(answer)}`,
  );
