/** Who answers a run that waits for a human: the example's script, then rules, then `--on-interrupt`. */

import type { Answered, Answering, Asked, Reply } from '../contracts.ts';
import type { GivenAnswer, Interrupt, Json } from '../types.ts';
import type { Decided } from './decided.ts';
import { blanketAnswer } from './policy.ts';
import { goOn, scriptedReply, scriptOf } from './script.ts';

export { type Decided, DecisionCheck } from './decided.ts';
export { type CsvLine, readDecisionRows } from './decision-rows.ts';

export interface AnsweringOptions {
  readonly onInterrupt: 'record' | 'fail' | 'approve' | 'reject';
  /** What a person decided for records that wait. Default: nothing. */
  readonly decided?: Decided | undefined;
}

/** A turn that asks more often goes round in circles: it waits for a human then. */
const mostStops = 100;

export function createAnswering(options: AnsweringOptions): Answering {
  return {
    reply: (asked) => replyTo(asked, options),
    decided: (record) => options.decided?.answersTo(record) ?? null,
  };
}

function replyTo(asked: Asked, { onInterrupt }: AnsweringOptions): Reply {
  const { turn, interrupts, given, scripted } = asked;
  if (!areToldApart(interrupts)) {
    return { why: 'it asks several things at once and gives them no ids, so that no answer could be theirs' };
  }
  const script = scriptOf(turn.example, turn.turn);
  if (script !== null) return scriptedReply(script, asked, script === turn.example.resume ? scripted : 0);
  if (onInterrupt !== 'approve' && onInterrupt !== 'reject') return { why: null };
  if ((given.at(-1)?.stop ?? 0) >= mostStops) {
    return { why: `it was answered ${mostStops} times and asks still` };
  }
  if (interrupts.length === 0) {
    return onInterrupt === 'approve'
      ? { answers: [goOn('policy')] }
      : { why: 'a breakpoint asks nothing that could be rejected' };
  }
  return { answers: interrupts.map((one) => answered(one, blanketAnswer(one.value, onInterrupt), 'policy')) };
}

/** Of several each is answered by its id. */
const areToldApart = (interrupts: readonly Interrupt[]): boolean =>
  interrupts.length < 2 ||
  (interrupts.every(({ id }) => id !== null) &&
    new Set(interrupts.map(({ id }) => id)).size === interrupts.length);

const answered = ({ id, value }: Interrupt, answer: Json, by: GivenAnswer['by']): Answered => ({
  interrupt_id: id,
  asked: value,
  answer,
  by,
});
