import type { ScorerKind } from '../contracts.ts';
import { ConfigError } from '../errors.ts';
import { editDistance } from '../nearest.ts';
import { notScored, partly, passedIf, shown } from './score.ts';
import { textScorer } from './text-scorer.ts';

export const similar: ScorerKind = {
  judges:
    'the answer is the expected text letter by letter (Levenshtein); less, the more edits lie between them',
  argument: 'from which similarity on it is 1 and below which 0, such as 0.8',
  create: (argument) => {
    const least = argument === null ? null : Number(argument);
    if (least !== null && !(argument?.trim() !== '' && least > 0 && least <= 1)) {
      throw new ConfigError(
        `similar: expected a similarity above 0 and up to 1, got ${shown(argument ?? '')}`,
      );
    }
    return textScorer('similar', null, (answer, wanted) => {
      const similarity = similarityOf(answer, wanted);
      if (similarity === null) return notScored(tooLong(answer, wanted));
      const reason = `${similarity.toFixed(3)} similar: expected ${shown(wanted)}, saw ${shown(answer)}`;
      return least === null
        ? partly(similarity, reason)
        : passedIf(similarity >= least, () => `${reason}; at least ${least} is asked`);
    });
  },
};

/** Comparing takes time by the product of the lengths: some tens of milliseconds at this one. */
const mostProduct = 1e8;

/** How many edits lie between two texts; null where it would take seconds to tell. */
export const editsBetween = (one: string, other: string): number | null =>
  one.length * other.length > mostProduct ? null : editDistance(one, other);

/** 1 for the same text, 0 where no letter stands where it should; null where it would take seconds to tell. */
export function similarityOf(one: string, other: string): number | null {
  const edits = editsBetween(one, other);
  return edits === null ? null : 1 - edits / Math.max(one.length, other.length, 1);
}

export const tooLong = (answer: string, wanted: string): string =>
  `too long to compare letter by letter: expected ${wanted.length} characters, saw ${answer.length}`;
