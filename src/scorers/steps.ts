import type { ScorerKind } from '../contracts.ts';
import { ConfigError } from '../errors.ts';
import type { Json, UnscoredRecord } from '../types.ts';
import { wholeNumber } from '../values.ts';
import { atMost } from './at-most.ts';
import { shown } from './score.ts';

const count = wholeNumber(1);

export const steps: ScorerKind = {
  judges: 'the agent spoke at most so often in the turn: its messages, those that call tools too',
  argument: 'a whole number from 1, which must be given',
  create: (argument) => {
    const most = count.parse(argument?.trim() ?? '');
    if (most === undefined) {
      throw new ConfigError(
        `steps: expected ${count.expects} behind the colon, got ${shown(argument ?? '')}`,
      );
    }
    return atMost({
      most,
      amountOf: stepsOf,
      write: (amount) => `${amount} ${amount === 1 ? 'step' : 'steps'}`,
    });
  },
};

function stepsOf({ messages, input }: UnscoredRecord): number | string {
  const said = messages.filter(isAi).length - inputMessages(input).filter(isAi).length;
  return messages.length === 0 ? 'the record holds no messages' : Math.max(0, said);
}

/** The input's messages stand in the turn's too. */
function inputMessages(input: Json): Json[] {
  if (Array.isArray(input)) return input;
  const messages = typeof input === 'object' && input !== null ? input['messages'] : null;
  return Array.isArray(messages) ? messages : [];
}

const aiTypes: readonly unknown[] = ['ai', 'assistant', 'AIMessageChunk'];

const isAi = (message: Json): boolean =>
  typeof message === 'object' &&
  message !== null &&
  !Array.isArray(message) &&
  aiTypes.includes(message['type'] ?? message['role']);
