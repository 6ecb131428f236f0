import type { ScorerKind } from '../contracts.ts';
import { ConfigError } from '../errors.ts';
import { tokenCount } from '../values.ts';
import { atMost } from './at-most.ts';
import { shown } from './score.ts';

export const tokens: ScorerKind = {
  judges: 'the turn took at most so many tokens, in and out',
  argument: 'a number of tokens such as 1200 or 5k, which must be given',
  create: (argument) => {
    const most = tokenCount.parse(argument?.trim() ?? '');
    if (most === undefined) {
      throw new ConfigError(
        `tokens: expected ${tokenCount.expects} behind the colon, got ${shown(argument ?? '')}`,
      );
    }
    return atMost({
      most,
      amountOf: ({ usage }) => usage?.total_tokens ?? 'the agent told no tokens',
      write: (amount) => `${amount} tokens`,
    });
  },
};
