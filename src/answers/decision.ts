/** What a person writes into a decision cell: `approve`, `reject`, `reject: why`, `edit {…}`, or JSON. Pure. */

import { type Action, actionsOf, requestsOf } from '../asked.ts';
import { isObject, parseJson } from '../json.ts';
import { nearest } from '../nearest.ts';
import type { Json, JsonObject } from '../types.ts';

/** What is decided, or what is wrong with the cell. */
export type Decision = { readonly value: Json } | { readonly fault: string };

const words = ['approve', 'reject', 'edit'];
const forms = 'approve, reject, reject: why, edit {…} or JSON (text in quotes: "yes")';

/** A text that is no decision. */
function unread(text: string): Decision {
  const near = nearest(/^\w*/.exec(text)?.[0] ?? '', words);
  const meant = near === null ? '' : `; did you mean ${near}?`;
  return { fault: `expected ${forms}, saw ${shown(text)}${meant}` };
}

/** What one of several actions, which are decided together, is decided. */
export function decisionOf(cell: string, action: Action): Decision {
  const decision = readDecision(cell.trim(), action);
  if ('fault' in decision) return decision;
  const refusal = refusalOf(action, decision.value);
  return refusal === null ? decision : { fault: refusal };
}

function readDecision(text: string, action: Action): Decision {
  const reason = reasonOf(text);
  if (/^approve$/i.test(text)) return { value: { type: 'approve' } };
  if (reason !== null)
    return { value: reason === '' ? { type: 'reject' } : { type: 'reject', message: reason } };
  const edited = editedOf(text);
  if (edited !== null) {
    if (!isObject(edited))
      return { fault: `edit: expected the arguments as JSON, {"name": value}, saw ${shown(text)}` };
    return { value: editOf(action, edited) };
  }
  const value = parseJson(text);
  if (value === undefined) return unread(text);
  if (isObject(value) && typeof value['type'] === 'string') return { value };
  const how = `a decision on an action as {"type":"approve"}, with its arguments ${JSON.stringify(action.args)}`;
  return { fault: `expected ${how}, saw ${shown(text)}` };
}

/** The same of an interrupt that asks one question: the answer is whatever it is to be sent. */
export function answerOf(cell: string): Decision {
  const text = cell.trim();
  if (/^approve$/i.test(text)) return { value: true };
  const reason = reasonOf(text);
  if (reason === '') return { value: false };
  if (reason !== null) {
    return {
      fault: 'reject: expected no reason, for this question takes none; write reject, or an answer as JSON',
    };
  }
  if (editedOf(text) !== null) {
    return {
      fault:
        'edit: expected an interrupt that asks for a tool call, saw a question; write the answer as JSON',
    };
  }
  const value = parseJson(text);
  return value === undefined ? unread(text) : { value };
}

/** A breakpoint asks nothing: it goes on, or is left alone. */
export function goOnOf(cell: string): Decision {
  const text = cell.trim();
  if (/^(approve|null|true)$/i.test(text)) return { value: null };
  return {
    fault: `expected approve, for a breakpoint takes no answer (an empty cell leaves it), saw ${shown(text)}`,
  };
}

/** LangChain's form of an action with other arguments. */
export const editOf = ({ tool, editedField }: Action, args: JsonObject): JsonObject => ({
  type: 'edit',
  [editedField]: { name: tool ?? '', args },
});

/** Why a decision is none that the agent takes on an action; null: nothing speaks against it. */
export function refusalOf({ tool, allowed }: Action, decision: Json): string | null {
  const type = isObject(decision) ? decision['type'] : undefined;
  if (allowed === null || typeof type !== 'string' || allowed.includes(type)) return null;
  return `expected ${either(allowed)}, for the agent takes nothing else on ${tool ?? 'this action'}, saw ${type}`;
}

/** The same of an answer to all that an interrupt asks. */
export function answerRefusal(asked: Json, answer: Json): string | null {
  const decisions = isObject(answer) ? answer['decisions'] : undefined;
  const actions = requestsOf(asked).length === 0 ? [] : actionsOf(asked);
  if (actions.length === 0 || !Array.isArray(decisions)) return null;
  if (decisions.length !== actions.length) {
    return `expected ${actions.length} decisions, one for each action, saw ${decisions.length}`;
  }
  const refusals = actions.map((action, place) => refusalOf(action, decisions[place] ?? null));
  return refusals.find((refusal) => refusal !== null) ?? null;
}

const either = (words: readonly string[]): string =>
  words.length === 1 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

/** Behind `reject`: `''` where it stands alone; null where it is no rejection. */
const reasonOf = (text: string): string | null =>
  /^reject(?:\s*:\s*(.*))?$/is.exec(text)?.[1]?.trim() ?? (/^reject$/i.test(text) ? '' : null);

/** Behind `edit`: undefined where that is no JSON; null where it is no edit. */
function editedOf(text: string): Json | undefined | null {
  const [, json] = /^edit\b\s*:?\s*(.*)$/is.exec(text) ?? [];
  return json === undefined ? null : parseJson(json);
}

const shown = (text: string) =>
  text.length > 60 ? `${JSON.stringify(text.slice(0, 60))}…` : JSON.stringify(text);
