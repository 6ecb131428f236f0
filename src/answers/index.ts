/** Who answers a run that waits for a human: the example's script, then rules, then `--on-interrupt`. */

import type { Answered, Answering, Asked, Reply } from '../contracts.ts';
import type { GivenAnswer, Interrupt, Json } from '../types.ts';
import type { Decided } from './decided.ts';
import { answerRefusal } from './decision.ts';
import { blanketAnswer } from './policy.ts';
import { type Rule, ruledAnswer } from './rules.ts';
import { goOn, scriptedReply, scriptOf } from './script.ts';

export { type Decided, DecisionCheck } from './decided.ts';
export { type CsvLine, readDecisionRows } from './decision-rows.ts';
export type { Rule } from './rules.ts';
export { readRules } from './rules-file.ts';

export interface AnsweringOptions {
  readonly onInterrupt: 'record' | 'fail' | 'approve' | 'reject';
  /** Of `--answers`. Default: none. */
  readonly rules?: readonly Rule[] | undefined;
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

/** Whoever answers: what the agent says it does not take would only break the run. */
function replyTo(asked: Asked, options: AnsweringOptions): Reply {
  const reply = answersTo(asked, options);
  if ('why' in reply) return reply;
  for (const { asked: question, answer, by } of reply.answers) {
    const refusal = answerRefusal(question, answer);
    if (refusal !== null) return { why: `${answerers[by]}: ${refusal}` };
  }
  return reply;
}

const answerers = {
  script: 'its resume list',
  rules: '--answers',
  policy: '--on-interrupt',
  person: 'a decision',
} as const satisfies { [by in GivenAnswer['by']]: string };

function answersTo(asked: Asked, { onInterrupt, rules = [] }: AnsweringOptions): Reply {
  const { turn, interrupts, given, scripted } = asked;
  if (!areToldApart(interrupts)) {
    return { why: 'it asks several things at once and gives them no ids, so that no answer could be theirs' };
  }
  const script = scriptOf(turn.example, turn.turn);
  if (script !== null)
    return scriptedReply(
      script,
      asked,
      script === turn.example.resume && turn.example.turns !== undefined ? scripted : 0,
    );
  const policy = onInterrupt === 'approve' || onInterrupt === 'reject' ? onInterrupt : null;
  if (policy === null && rules.length === 0) return { why: null };
  if ((given.at(-1)?.stop ?? 0) >= mostStops) {
    return { why: `it was answered ${mostStops} times and asks still` };
  }
  if (interrupts.length === 0) return atBreakpoint(policy);
  const answers: Answered[] = [];
  for (const interrupt of interrupts) {
    const answer = answerTo(interrupt, rules, policy);
    if (answer === null) return { why: rules.length === 0 ? null : 'no rule of --answers is for it' };
    answers.push(answer);
  }
  return { answers };
}

function atBreakpoint(policy: 'approve' | 'reject' | null): Reply {
  if (policy === 'approve') return { answers: [goOn('policy')] };
  return { why: policy === null ? null : 'a breakpoint asks nothing that could be rejected' };
}

/** By the rules, and where none of them fits by the policy. */
function answerTo(
  interrupt: Interrupt,
  rules: readonly Rule[],
  policy: 'approve' | 'reject' | null,
): Answered | null {
  const { value } = interrupt;
  const ruled = ruledAnswer(value, rules, policy);
  if (ruled !== null) return answered(interrupt, ruled, 'rules');
  return policy === null ? null : answered(interrupt, blanketAnswer(value, policy), 'policy');
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
