import type { ScorerKind } from '../contracts.ts';
import { passedIf, shown } from './score.ts';
import { textScorer } from './text-scorer.ts';

export const exact: ScorerKind = {
  judges: 'the answer is the expected text, blanks around it aside',
  argument: 'the text, instead of what the example expects',
  create: (argument) =>
    textScorer('exact', argument, (answer, wanted) =>
      passedIf(
        answer === wanted,
        () => `expected ${shown(wanted)}, saw ${shown(answer)}${hint(answer, wanted)}`,
      ),
    ),
};

/** Two texts that look alike and are not: what tells them apart. */
function hint(answer: string, wanted: string): string {
  if (answer.normalize('NFC') === wanted.normalize('NFC')) return ' (the same letters, encoded in two ways)';
  if (answer.toLowerCase() === wanted.toLowerCase()) return ' (capitals differ)';
  const spaced = (text: string) => text.replace(/\s+/g, ' ');
  return spaced(answer) === spaced(wanted) ? ' (blanks differ)' : '';
}
