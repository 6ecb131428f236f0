/** A chat message in any of the forms a state holds: laid bare, and what kind it is. Pure. */

import { isNone, isObject } from '../../json.ts';
import type { Json, JsonObject } from '../../types.ts';

export type MessageKind = 'ai' | 'tool' | 'other';

/** A message without its wrapping, and its kind. */
export interface Message {
  readonly kind: MessageKind;
  readonly fields: JsonObject;
}

const kinds = new Map<string, MessageKind>([
  ...['ai', 'assistant', 'AIMessage', 'AIMessageChunk'].map((name) => [name, 'ai'] as const),
  ...['tool', 'function', 'ToolMessage', 'ToolMessageChunk', 'FunctionMessage', 'FunctionMessageChunk'].map(
    (name) => [name, 'tool'] as const,
  ),
  ...['human', 'user', 'HumanMessage', 'HumanMessageChunk', 'remove', 'RemoveMessage'].map(
    (name) => [name, 'other'] as const,
  ),
  ...['system', 'developer', 'SystemMessage', 'SystemMessageChunk'].map((name) => [name, 'other'] as const),
]);

/** Types that say only that it is a message; whose it is stands under `role`. */
const toldByRole = new Set(['chat', 'generic', 'message', 'ChatMessage', 'ChatMessageChunk']);

/** Fields in which an AI message names the tools it calls: elsewhere they are of a shape nobody knows. */
const callFields = ['tool_calls', 'invalid_tool_calls', 'tool_call_chunks'] as const;

/** Null where its shape is not known: what it calls cannot be told then. */
export function readMessage(value: Json): Message | null {
  // What a user said, as some clients write it.
  if (typeof value === 'string') return { kind: 'other', fields: { content: value } };
  if (!isObject(value)) return null;
  const fields = laidBare(value);
  const kind = kindOf(fields);
  if (kind === undefined || (kind !== 'ai' && callsAnything(fields))) return null;
  return { kind, fields };
}

/** Out of LangChain's two serialised forms: `{lc, id, kwargs}` and `{type, data}`. */
function laidBare(message: JsonObject): JsonObject {
  const { type, id, kwargs, data } = message;
  if (type === 'constructor' && Array.isArray(id) && isObject(kwargs))
    return { ...kwargs, type: id.at(-1) ?? null };
  return isObject(data) && message['content'] === undefined
    ? { ...data, type: message['type'] ?? null }
    : message;
}

function kindOf(message: JsonObject): MessageKind | undefined {
  const type = message['type'] ?? message['role'];
  const said = typeof type === 'string' && toldByRole.has(type) ? message['role'] : type;
  return typeof said === 'string' ? kinds.get(said) : undefined;
}

const callsAnything = (message: JsonObject): boolean =>
  callFields.some((field) => {
    const calls = message[field];
    return !isNone(calls) && !(Array.isArray(calls) && calls.length === 0);
  });
