/** What a run that waits for a human is answered, and how that is sent (docs/design/delivery.md). Pure. */

import type { Answered } from '../contracts.ts';
import type { GivenAnswer, Json, JsonObject } from '../types.ts';

/** Which stop of the turn was answered last; 0: none was. */
export const lastStop = (answers: readonly GivenAnswer[]): number => answers.at(-1)?.stop ?? 0;

/** All answers of a turn, with those to its next stop. */
export const withNext = (
  before: readonly GivenAnswer[],
  next: readonly Answered[],
): readonly GivenAnswer[] => {
  const stop = lastStop(before) + 1;
  return [...before, ...next.map((answer) => ({ stop, ...answer }))];
};

/** Those to the stop that was answered last. */
export const answersOfLastStop = (answers: readonly GivenAnswer[]): readonly GivenAnswer[] =>
  answers.filter(({ stop }) => stop === lastStop(answers));

/** All others: what was answered before. */
export const answersBefore = (answers: readonly GivenAnswer[]): readonly GivenAnswer[] =>
  answers.filter(({ stop }) => stop !== lastStop(answers));

/**
 * The fields of the request that answers the last stop.
 *
 * By id wherever that is one of LangGraph's: a copy of the request that comes late then finds its question answered, and
 * answers no other. A plain value answers whatever waits, several questions alike. A breakpoint takes no value: an empty
 * command is an error, and no input lets it go on.
 */
export function resumption(answers: readonly GivenAnswer[]): JsonObject {
  const asked = answersOfLastStop(answers);
  const [first] = asked;
  if (first === undefined || isBreakpoint(first)) return { input: null };
  const byId: { [id: string]: Json } = {};
  for (const { interrupt_id: id, answer } of asked) if (id !== null) byId[id] = answer;
  const isById = asked.length > 1 || isOwnId(first.interrupt_id);
  return { command: { resume: isById ? byId : first.answer } };
}

export const isBreakpoint = ({ interrupt_id: id, asked }: Pick<GivenAnswer, 'interrupt_id' | 'asked'>) =>
  id === null && asked === null;

/** A hash, as LangGraph makes them: only those are taken for ids, where a value is an object. */
const isOwnId = (id: string | null): boolean => id !== null && /^[0-9a-f]{32}$/i.test(id);
