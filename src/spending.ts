/** What a batch has spent: of all its records, those of earlier starts and those that a revision replaced too. */

import { costOf, type Price } from './price.ts';
import type { Amount, BudgetFacts } from './summary-types.ts';
import type { JobRecord, Usage } from './types.ts';

/** What a batch may spend. */
export interface BudgetLimits {
  readonly maxTokens: number | null;
  /** In the currency of `price`, which it needs. */
  readonly maxCost: number | null;
  readonly price: Price | null;
}

export interface Spending {
  add(record: Pick<JobRecord, 'outcome' | 'usage' | 'failure'>): void;
  /** Of the turns that told it. */
  readonly usage: Usage;
  /** Turns that told their usage. */
  readonly told: number;
  /** Turns that ran, or may have, and told none. */
  readonly untold: number;
  /** Those of them that were answered. */
  readonly untoldAnswers: number;
}

export function createSpending(): Spending {
  const usage = { input_tokens: 0, output_tokens: 0, total_tokens: 0 };
  const turns = { told: 0, untold: 0, untoldAnswers: 0 };
  return {
    usage,
    get told() {
      return turns.told;
    },
    get untold() {
      return turns.untold;
    },
    get untoldAnswers() {
      return turns.untoldAnswers;
    },
    add: ({ outcome, usage: its, failure }) => {
      const isAnswer = outcome === 'success' || outcome === 'interrupted';
      if (its !== null) {
        turns.told += 1;
        usage.input_tokens += its.input_tokens;
        usage.output_tokens += its.output_tokens;
        usage.total_tokens += its.total_tokens;
      } else if (isAnswer || failure?.may_have_run) {
        turns.untold += 1;
        if (isAnswer) turns.untoldAnswers += 1;
      }
    },
  };
}

/** What is told of a batch's budget; null where it has none. */
export function budgetFacts(spending: Spending, limits: BudgetLimits): BudgetFacts | null {
  const { maxTokens, maxCost, price } = limits;
  if (maxTokens === null && maxCost === null) return null;
  const { usage, untold } = spending;
  return {
    tokens: maxTokens === null ? null : amountOf(usage.total_tokens, maxTokens, spending),
    cost: maxCost === null || price === null ? null : amountOf(costOf(price, usage), maxCost, spending),
    untold,
  };
}

function amountOf(known: number, limit: number, { told, untold }: Spending): Amount {
  const mean = told === 0 ? null : known / told;
  return { limit, spent: known + (mean ?? 0) * untold, mean };
}
