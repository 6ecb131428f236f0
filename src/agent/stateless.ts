/**
 * A run without a thread: its answer is all there is. Once the connection is lost nobody can come back to it, so an
 * answer that did not come whole leaves its end unknown.
 */

import type { Conversation, Try } from '../contracts.ts';
import type { Job, Outcome, Turn } from '../types.ts';
import { type ConversationParts, callOf, marksOf, turnKeys } from './conversation.ts';
import { failure, isObject } from './failures.ts';
import { runBody } from './request.ts';
import {
  agentError,
  errorOutcome,
  interrupted,
  isEmpty,
  readInterrupts,
  success,
  type TurnPlace,
  turnPlace,
} from './response.ts';
import type { RunAnswer } from './server.ts';

export function openStateless(job: Job, parts: ConversationParts): Conversation {
  const { server, intents, limit, runtime, settings } = parts;
  const atMostOnce = settings.delivery === 'at-most-once';

  return {
    ask: async (turn: Turn, attempt: Try): Promise<Outcome> => {
      attempt.begin();
      if (atMostOnce && job.intent?.mark === 'sent') return leftInFlight;
      await limit.take(attempt.signal);
      if (atMostOnce) {
        const { key, trial } = job;
        await intents.note({
          key,
          trial,
          mark: 'sent',
          generation: 0,
          thread_id: null,
          turn: null,
          attempt: attempt.attempt,
        });
      }
      const keys = turnKeys(settings, job, turn, attempt);
      const body = runBody(settings.run, keys, turn, false);
      const answer = await server.createRun(callOf(attempt), null, body, marksOf(attempt, runtime));
      return readAnswer(answer, turnPlace(turn.input, keys, 0));
    },
    close: async () => true,
  };
}

/** An earlier start sent it and did not live to see the answer. */
export const leftInFlight: Outcome = errorOutcome(
  failure(
    'reset',
    'LEFT_IN_FLIGHT',
    'an earlier start sent this and ended before the answer came; it is not sent again',
    {
      mayHaveRun: true,
      uncertain: true,
    },
  ),
);

function readAnswer({ values, error }: RunAnswer, place: TurnPlace): Outcome {
  if (error !== undefined) return agentError(error);
  if (isObject(values) && '__interrupt__' in values) {
    const { __interrupt__: interrupts, ...rest } = values;
    return interrupted(readInterrupts(interrupts), rest, place);
  }
  if (isEmpty(values)) {
    return errorOutcome(
      failure('protocol', 'NO_RESULT', 'the run ended and told no result', { status: 200, mayHaveRun: true }),
    );
  }
  return success(values ?? null, place);
}
