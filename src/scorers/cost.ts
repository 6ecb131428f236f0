import type { ScorerKind } from '../contracts.ts';
import { ConfigError } from '../errors.ts';
import { costOf, formatCost, type Price } from '../price.ts';
import type { UnscoredRecord } from '../types.ts';
import { positiveNumber } from '../values.ts';
import { atMost } from './at-most.ts';
import { shown } from './score.ts';

export const cost: ScorerKind = {
  judges: "the turn's tokens cost at most so much",
  argument: "an amount in the price's currency such as 0.01, which must be given",
  create: (argument, { price }) => {
    const most = positiveNumber.parse(argument?.trim() ?? '');
    const faults = [
      ...(most === undefined
        ? [`cost: expected ${positiveNumber.expects} behind the colon, got ${shown(argument ?? '')}`]
        : []),
      ...(price === null ? [noPrice] : []),
    ];
    if (most === undefined || price === null) throw new ConfigError(faults);
    return atMost({ most, amountOf: (record) => turnCost(record, price), write: formatCost });
  },
};

export const noPrice = 'cost: expected --price with what a million tokens cost, got none';

export const turnCost = ({ usage }: UnscoredRecord, price: Price): number | string =>
  usage === null ? 'the agent told no tokens' : costOf(price, usage);
