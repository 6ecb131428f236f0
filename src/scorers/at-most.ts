import type { Scorer } from '../contracts.ts';
import type { UnscoredRecord } from '../types.ts';
import { notScored, passedIf } from './score.ts';

/** What a scorer of an amount asks for. */
export interface Limit {
  readonly most: number;
  /** The turn's amount, or why it has none. */
  readonly amountOf: (record: UnscoredRecord) => number | string;
  /** `1,200 tokens`. */
  readonly write: (amount: number) => string;
}

/** 1 where an amount of the turn is at most so large. What has no amount is not scored. */
export const atMost = ({ most, amountOf, write }: Limit): Scorer => ({
  needsExpected: false,
  score: (record) => {
    const amount = amountOf(record);
    if (typeof amount === 'string') return notScored(amount);
    return passedIf(amount <= most, () => `expected at most ${write(most)}, saw ${write(amount)}`);
  },
});
