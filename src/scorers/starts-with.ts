import type { ScorerKind } from '../contracts.ts';
import { passedIf, shown } from './score.ts';
import { textScorer } from './text-scorer.ts';

export const startsWith: ScorerKind = {
  judges: 'the answer begins with the expected text, blanks before it aside',
  argument: 'the text, instead of what the example expects',
  create: (argument) =>
    textScorer('starts-with', argument, (answer, wanted) =>
      passedIf(
        answer.startsWith(wanted),
        () => `expected an answer that begins with ${shown(wanted)}, saw ${shown(answer)}`,
      ),
    ),
};
