/** Rules that answer what a run asks, by the tool that it wants to call: the first one that fits decides. Pure. */

import { type Action, actionsOf, requestsOf } from '../asked.ts';
import { isLike } from '../glob.ts';
import type { Json, JsonObject } from '../types.ts';
import { editOf } from './decision.ts';
import { blanketAnswer } from './policy.ts';

/** What a rule does. */
export type Deed =
  | { readonly does: 'approve' }
  | { readonly does: 'reject'; readonly message: string | null }
  /** These arguments are set, the others stay. */
  | { readonly does: 'edit'; readonly args: JsonObject }
  | { readonly does: 'respond'; readonly message: string }
  /** Of a question without a tool: this is the answer. */
  | { readonly does: 'answer'; readonly value: Json };

export interface Rule {
  /** Patterns, of which one must fit; none: the rule is for questions. */
  readonly tools: readonly string[];
  /** The same of what is asked without a tool. */
  readonly questions: readonly string[];
  readonly deed: Deed;
}

/**
 * The answer to an interrupt; null where no rule decides all that it asks.
 * @param otherwise Of `--on-interrupt`: what becomes of actions that no rule is for.
 */
export function ruledAnswer(
  value: Json,
  rules: readonly Rule[],
  otherwise: 'approve' | 'reject' | null,
): Json | null {
  const actions = actionsOf(value);
  if (requestsOf(value).length === 0) {
    const [action] = actions;
    const rule = action === undefined ? undefined : rules.find((one) => isForQuestion(one, action));
    return rule === undefined ? null : questionAnswer(rule.deed);
  }
  const decisions: Json[] = [];
  let isRuled = false;
  for (const action of actions) {
    const rule = rules.find(({ tools }) => tools.some((pattern) => isLike(action.tool ?? '', pattern)));
    if (rule === undefined && otherwise === null) return null;
    isRuled ||= rule !== undefined;
    decisions.push(rule === undefined ? { type: otherwise } : decisionOn(action, rule.deed));
  }
  return isRuled ? { decisions } : null;
}

const isForQuestion = ({ questions }: Rule, { question }: Action): boolean => {
  const text = typeof question === 'string' ? question : JSON.stringify(question);
  return questions.some((pattern) => isLike(text, pattern));
};

function questionAnswer(deed: Deed): Json | null {
  switch (deed.does) {
    case 'approve':
    case 'reject':
      return blanketAnswer(null, deed.does);
    case 'respond':
      return deed.message;
    case 'answer':
      return deed.value;
    case 'edit':
      return null;
  }
}

function decisionOn(action: Action, deed: Deed): Json {
  switch (deed.does) {
    case 'approve':
      return { type: 'approve' };
    case 'reject':
      return deed.message === null ? { type: 'reject' } : { type: 'reject', message: deed.message };
    case 'edit':
      return editOf(action, { ...action.args, ...deed.args });
    case 'respond':
      return { type: 'respond', message: deed.message };
    case 'answer':
      return deed.value;
  }
}
