import type { ScorerKind } from '../contracts.ts';
import { passedIf, shown } from './score.ts';
import { textScorer } from './text-scorer.ts';

export const icontains: ScorerKind = {
  judges: 'the expected text is part of the answer, in capitals or not',
  argument: 'the text, instead of what the example expects',
  create: (argument) =>
    textScorer('icontains', argument, (answer, wanted) =>
      passedIf(
        answer.toLowerCase().includes(wanted.toLowerCase()),
        () => `expected ${shown(wanted)} in the answer, in capitals or not, saw ${shown(answer)}`,
      ),
    ),
};
