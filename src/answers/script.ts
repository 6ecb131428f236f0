/** An example's scripted answers: one for each interrupt, in order. Pure. */

import { scriptedIn } from '../asked.ts';
import type { Answered, Asked, Reply } from '../contracts.ts';
import type { Example, GivenAnswer, Json } from '../types.ts';

/** Those of one turn: of a conversation in one row, which has a list for each turn, that turn's. */
export function scriptOf({ turns, resume }: Example, turn: number | null): readonly Json[] | null {
  if (resume === undefined) return null;
  const isByTurn = turns !== undefined && resume.length === turns.length && resume.every(isListOrNull);
  if (!isByTurn) return resume;
  const own = resume[(turn ?? 1) - 1];
  return Array.isArray(own) ? own : null;
}

const isListOrNull = (value: Json) => value === null || Array.isArray(value);

/**
 * The script's next answers. It answers alone: an agent that asks more often than it says goes another way than it was
 * written for, and waits.
 */
export function scriptedReply(script: readonly Json[], { interrupts, given }: Asked, before: number): Reply {
  const used = before + scriptedIn(given);
  const needed = Math.max(1, interrupts.length);
  const next = script.slice(used, used + needed);
  if (next.length < needed) return { why: shortfall(script.length, used, needed) };
  if (interrupts.length > 0) {
    return {
      answers: interrupts.map(({ id, value }, at): Answered => {
        return { interrupt_id: id, asked: value, answer: next[at] ?? null, by: 'script' };
      }),
    };
  }
  const [answer = null] = next;
  // A breakpoint takes no value.
  if (answer === null || answer === true) return { answers: [goOn('script')] };
  return {
    why: `answer ${used + 1} of its resume list is none for a breakpoint, which only null lets go on: saw ${JSON.stringify(answer)}`,
  };
}

/** Lets a breakpoint go on. */
export const goOn = (by: GivenAnswer['by']): Answered => ({
  interrupt_id: null,
  asked: null,
  answer: null,
  by,
});

function shortfall(length: number, used: number, needed: number): string {
  const had = length === 1 ? '1 answer' : `${length} answers`;
  const left = length - used;
  return left <= 0
    ? `its resume list had ${had}, and all are used up`
    : `its resume list has ${left} of ${had} left, and it asks ${needed} things at once`;
}
