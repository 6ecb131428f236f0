/**
 * A run without a thread: its answer is all there is. Once the connection is lost nobody can come back to it, so an
 * answer that did not come whole leaves its end unknown.
 */

import type { Conversation } from '../contracts.ts';
import { RequestError } from '../errors.ts';
import { isObject } from '../json.ts';
import type { Intent, Job, Outcome, Turn } from '../types.ts';
import { type ConversationParts, checkAssistant, leftInFlight, takePlace, turnKeys } from './conversation.ts';
import { failure } from './failures.ts';
import { readInterrupts } from './interrupts.ts';
import { nothingBefore, type TurnPlace, turnPlace } from './messages.ts';
import { runBody } from './request.ts';
import { agentError, answered, failed, interrupted, isEmpty, readValues } from './response.ts';
import type { RunAnswer } from './run-answer.ts';

export function openStateless(job: Job, parts: ConversationParts): Conversation {
  const { intents, settings, createRun } = parts;
  const isNoted = settings.delivery === 'at-most-once';
  const note = (mark: Intent['mark'], { revision }: Pick<Turn, 'revision'>, attempt: number) => {
    const { key, trial } = job;
    const at = { key, trial, generation: 0, thread_id: null, turn: 1 };
    return intents.note({ ...at, mark, revision, attempt, way: 'input' });
  };

  return {
    ask: async (turn, attempt) => {
      const isLeft = job.intent?.mark === 'sent' && job.intent.revision === turn.revision;
      if (isNoted && isLeft) return leftInFlight;
      await takePlace(parts, attempt);
      attempt.begin();
      if (isNoted) await note('sent', turn, attempt.attempt);
      const keys = turnKeys(settings, job, turn, attempt.attempt);
      try {
        const answer = await createRun(attempt, null, runBody(settings.run, keys, turn, null));
        return readAnswer(answer, turnPlace(turn.input, keys, nothingBefore));
      } catch (error) {
        // It was refused: a later start may ask it.
        const isRefused = error instanceof RequestError && !error.failure.may_have_run;
        if (isNoted && isRefused) note('closed', turn, attempt.attempt).catch(() => {});
        if (error instanceof RequestError && error.failure.status === 404)
          await checkAssistant(parts, attempt, error.failure.message);
        throw error;
      }
    },
    close: async () => {
      // Nobody waits: without the mark a later start finds the record.
      if (isNoted) note('closed', { revision: 1 }, 0).catch(() => {});
      return true;
    },
  };
}

const ran = { status: 200, mayHaveRun: true };

function readAnswer(answer: RunAnswer, place: TurnPlace): Outcome {
  const { values, error } = answer;
  const far = { values, said: answer, place };
  if (error !== undefined) return agentError(error, far);
  if (isObject(values) && '__interrupt__' in values) {
    const { __interrupt__: interrupts, ...rest } = values;
    return interrupted(readInterrupts(interrupts), { ...far, values: rest });
  }
  if (isEmpty(values))
    return failed(failure('protocol', 'NO_RESULT', 'the run ended and told no result', ran), far);
  const brought = readValues(values ?? null, place);
  if (brought.added === 0) {
    const message =
      'the run ended and the agent added nothing to what it was sent: it may have been cancelled';
    return failed(failure('protocol', 'NO_RESULT', message, ran), far);
  }
  return answered(brought);
}
