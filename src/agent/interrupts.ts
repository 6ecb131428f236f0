/** What a run that waits for a human asks, and how a person is told. Pure. */

import { requestsOf } from '../asked.ts';
import { isObject } from '../json.ts';
import type { Failure, Interrupt, Json } from '../types.ts';
import { failure, oneLine } from './failures.ts';
import { list } from './messages.ts';

/** The interrupts of an answer or a thread, whichever shape: a list, or lists by task. */
export function readInterrupts(value: Json | undefined): Interrupt[] {
  const items = isObject(value) ? Object.values(value).flatMap(list) : list(value);
  return items.map((item) =>
    isObject(item) && 'value' in item
      ? { id: typeof item['id'] === 'string' ? item['id'] : null, value: item['value'] ?? null }
      : { id: null, value: item },
  );
}

const facts = { status: 200, mayHaveRun: true };

/** Why the run waits, as a failure with the question, or with the URL where a tool is to be authorised. */
export function interruptReason(interrupts: readonly Interrupt[]): Failure {
  const values = interrupts.map(({ value }) => value);
  const auth = values.map((value) => authOf(value)).find((found) => found !== null);
  if (auth) {
    const where = auth.url === null ? '' : `: open ${auth.url}`;
    return failure('agent', 'AUTH_REQUIRED', `a tool waits for authorisation${where}`, facts);
  }
  if (values.length === 0) {
    return failure('agent', 'BREAKPOINT', 'the run stopped at a breakpoint and asks nothing', facts);
  }
  const asked = oneLine(values.map(questionText).join(' · '));
  return failure('agent', 'WAITS_FOR_HUMAN', `waits for a human: ${asked}`, facts);
}

/** The call for authorisation in an interrupt, wherever in it it stands. */
function authOf(value: Json, depth = 0): { url: string | null } | null {
  if (depth > 5 || typeof value !== 'object' || value === null) return null;
  if (isObject(value)) {
    const { auth_url: url, auth_required: required } = value;
    if (typeof url === 'string') return { url };
    if (required === true) return { url: null };
  }
  const inner = Object.values(value).map((item) => authOf(item, depth + 1));
  return inner.find((found) => found !== null) ?? null;
}

/** What a person is asked, in a few words. */
export function questionText(value: Json): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(questionText).join('; ');
  if (!isObject(value)) return JSON.stringify(value);
  for (const key of ['question', 'description', 'message', 'prompt', 'text'] as const) {
    if (typeof value[key] === 'string') return value[key];
  }
  // LangChain's human in the loop: a list of actions, or, before 1.0, one.
  const actions = [...requestsOf(value), value['action_request'] ?? null].filter(isObject);
  return actions.length > 0 ? `may it call ${actions.map(actionText).join(' and ')}?` : JSON.stringify(value);
}

const actionText = (action: { [key: string]: Json }) =>
  `${String(action['name'] ?? action['action'])}(${JSON.stringify(action['args'] ?? {})})`;
