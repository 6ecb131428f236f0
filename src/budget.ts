/**
 * May another turn begin? Not where it would pass the budget by the mean so far, with those in flight counted as the
 * mean too (docs/design/budget.md).
 */

import type { Slot } from './contracts.ts';
import { formatCost } from './price.ts';
import { type BudgetLimits, budgetFacts, type Spending } from './spending.ts';
import type { Amount, Stop } from './summary-types.ts';
import type { JobRecord } from './types.ts';

export interface Budget {
  /** Why the batch stops, once no turn may begin any more. */
  readonly stop: Stop | null;
  /** Is it at its end? Asked before anything is made for a turn; stops the batch where it is. */
  isSpent(): boolean;
  /** One turn's: it begins when its slot is taken. */
  share(slot: Slot): Share;
}

export interface Share {
  /** Had only while the budget allows the turn. Who waits for that holds no slot. */
  readonly slot: Slot;
  /** @param record Null: it was given up. */
  end(record: JobRecord | null): void;
}

export interface BudgetOptions extends BudgetLimits {
  /** What was spent already; what this start spends is added. */
  readonly spending: Spending;
  /** Aborts: nobody who waits is let through any more. */
  readonly drain: AbortSignal;
  /** Told once no turn may begin any more. */
  readonly onSpent: () => void;
}

/** So many answers that all tell no usage: then none will. */
const mostUntold = 10;
/** Sums of fractions are a little off: as many turns fit as a person reckons. */
const tolerance = 1e-12;

export function createBudget(options: BudgetOptions): Budget {
  const { maxTokens, maxCost, spending, drain } = options;
  if (maxTokens === null && maxCost === null) return unlimited;
  let inFlight = 0;
  let stop: Stop | null = null;
  let waiting: (() => void)[] = [];
  const wake = () => {
    const told = waiting;
    waiting = [];
    for (const look of told) look();
  };
  drain.addEventListener('abort', wake);

  /** False once the batch drains. */
  const changed = async () => {
    if (!drain.aborted) await new Promise<void>((resolve) => waiting.push(resolve));
    return !drain.aborted;
  };
  const mayBegin = (): boolean => {
    if (stop !== null) return false;
    const word = wordOn(spending, options, inFlight);
    if (word.may || inFlight > 0) return word.may;
    stop = { code: 'budget', message: word.why };
    options.onSpent();
    return false;
  };

  return {
    get stop() {
      return stop;
    },
    isSpent: () => inFlight === 0 && !mayBegin(),
    share: (slot) => {
      let isIn = false;
      const take = async () => {
        for (;;) {
          if (!slot.isHeld && !(await slot.take())) return false;
          if (isIn) return true;
          if (mayBegin()) {
            // In the same step as the look: between the two nobody else may begin.
            inFlight += 1;
            isIn = true;
            return true;
          }
          slot.free();
          if (!(await changed())) return false;
        }
      };
      return {
        slot: {
          get isHeld() {
            return isIn && slot.isHeld;
          },
          take,
          free: () => slot.free(),
        },
        end: (record) => {
          if (isIn) inFlight -= 1;
          isIn = false;
          if (record !== null) spending.add(record);
          wake();
        },
      };
    },
  };
}

const unlimited: Budget = {
  stop: null,
  isSpent: () => false,
  share: (slot) => ({ slot, end: () => {} }),
};

type Word = { readonly may: true } | { readonly may: false; readonly why: string };

/** May one more turn begin beside those in flight? Pure. */
export function wordOn(spending: Spending, limits: BudgetLimits, inFlight: number): Word {
  const { tokens, cost } = budgetFacts(spending, limits) ?? { tokens: null, cost: null };
  if (spending.told === 0) {
    if (spending.untoldAnswers >= mostUntold) return { may: false, why: untold(spending, tokens !== null) };
    // Nothing is known of what a turn takes: one alone finds out.
    return inFlight === 0 ? { may: true } : { may: false, why: 'the first answer is not there yet' };
  }
  if (tokens !== null && !fits(tokens, inFlight))
    return { may: false, why: spent('--max-tokens', tokens, grouped) };
  if (cost !== null && !fits(cost, inFlight))
    return { may: false, why: spent('--max-cost', cost, formatCost) };
  return { may: true };
}

const fits = ({ limit, spent, mean }: Amount, inFlight: number): boolean =>
  spent + (mean ?? 0) * (inFlight + 1) <= limit * (1 + tolerance);

const grouped = (count: number) => Math.round(count).toLocaleString('en');

const spent = (flag: string, { limit, spent: is, mean }: Amount, shown: (amount: number) => string): string =>
  `${flag}: ${shown(is)} of ${limit.toLocaleString('en', { maximumFractionDigits: 20 })} is spent, and another turn, ${shown(mean ?? 0)} on average, would pass it`;

const untold = ({ untoldAnswers }: Spending, isOfTokens: boolean): string =>
  `${isOfTokens ? '--max-tokens' : '--max-cost'}: ${untoldAnswers} answers told no usage, so the budget cannot be kept; let the agent's model tell its tokens (usage_metadata), or go on without a budget`;
