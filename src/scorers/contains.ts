import type { ScorerKind } from '../contracts.ts';
import { passedIf, shown } from './score.ts';
import { textScorer } from './text-scorer.ts';

export const contains: ScorerKind = {
  judges: 'the expected text is part of the answer',
  argument: 'the text, instead of what the example expects',
  create: (argument) =>
    textScorer('contains', argument, (answer, wanted) =>
      passedIf(
        answer.includes(wanted),
        () => `expected ${shown(wanted)} in the answer, saw ${shown(answer)}`,
      ),
    ),
};
