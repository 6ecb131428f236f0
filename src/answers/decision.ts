/** What a person writes into a decision cell: `approve`, `reject`, `reject: why`, `edit {…}`, or JSON. Pure. */

import type { Action } from '../asked.ts';
import { isObject, parseJson } from '../json.ts';
import type { Json, JsonObject } from '../types.ts';

/** What is decided, or what is wrong with the cell. */
export type Decision = { readonly value: Json } | { readonly fault: string };

const expected = 'expected approve, reject, reject: why, edit {…} or JSON (text in quotes: "yes")';

/** What one of several actions, which are decided together, is decided. */
export function decisionOf(cell: string, { tool, args }: Action): Decision {
  const text = cell.trim();
  const reason = reasonOf(text);
  if (/^approve$/i.test(text)) return { value: { type: 'approve' } };
  if (reason !== null)
    return { value: reason === '' ? { type: 'reject' } : { type: 'reject', message: reason } };
  const edited = editedOf(text);
  if (edited !== null) {
    if (!isObject(edited))
      return { fault: `edit: expected the arguments as JSON, {"name": value}, saw ${shown(text)}` };
    return { value: editOf(tool ?? '', edited) };
  }
  const value = parseJson(text);
  if (value === undefined) return { fault: `${expected}, saw ${shown(text)}` };
  if (isObject(value) && typeof value['type'] === 'string') return { value };
  const how = `a decision on an action as {"type":"approve"}, with its arguments ${JSON.stringify(args)}`;
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
  return value === undefined ? { fault: `${expected}, saw ${shown(text)}` } : { value };
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
export const editOf = (tool: string, args: JsonObject): JsonObject => ({
  type: 'edit',
  edited_action: { name: tool, args },
});

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
