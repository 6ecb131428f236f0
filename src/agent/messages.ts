/** Chat messages of a graph's state: which are this turn's, their text, tool calls and usage. Pure. */

import { isObject, parseJson } from '../json.ts';
import type { Input, Json, JsonObject, ToolCall, Usage } from '../types.ts';
import { inputIds, inputMessages, type TurnKeys, withId } from './request.ts';

/** Messages that a thread's state held before a turn. */
export interface Before {
  readonly ids: ReadonlySet<string>;
  readonly count: number;
}

/** Where this turn begins in a state that holds the whole conversation. */
export interface TurnPlace {
  /** The messages this turn sent, in order, with ids of ours or the user's where they have one. */
  readonly sent: readonly JsonObject[];
  /** Null: not known. */
  readonly before: Before | null;
}

/** Of a thread that is new. */
export const nothingBefore: Before = { ids: new Set(), count: 0 };

export function turnPlace(input: Input, keys: TurnKeys, before: Before | null): TurnPlace {
  const ids = inputIds(input, keys);
  const sent = inputMessages(input).map((message, at) => withId(message, ids[at] ?? message['id'] ?? null));
  return { sent, before };
}

/** What is to be known of a state when the next turn begins. Of one that is no chat nothing. */
export function beforeNext(values: Json): Before {
  const all = messagesOf(values) ?? [];
  return { ids: new Set(all.map(idOf).filter((id) => id !== null)), count: all.length };
}

/** The state's messages; null where it is no chat: where nothing in it is a message. */
export function messagesOf(values: Json): Json[] | null {
  const all = isObject(values) ? values['messages'] : undefined;
  return Array.isArray(all) && all.some((message) => typeOf(message) !== '') ? all : null;
}

const idOf = (message: Json): string | null =>
  isObject(message) && typeof message['id'] === 'string' ? message['id'] : null;

/** Other names of LangChain's types: OpenAI's roles, and pieces of a message. */
const types = new Map([
  ['user', 'human'],
  ['assistant', 'ai'],
  ['developer', 'system'],
  ['AIMessageChunk', 'ai'],
  ['HumanMessageChunk', 'human'],
]);

/** `''` where it is no message. */
function typeOf(message: Json): string {
  if (!isObject(message)) return '';
  const said = message['type'] ?? message['role'];
  return typeof said === 'string' ? (types.get(said) ?? said) : '';
}

export const isAi = (message: JsonObject): boolean => typeOf(message) === 'ai';

/** This turn's messages: those it sent, and those the agent added (also in place of others: a summary is new). */
export function turnMessages(all: readonly Json[], { sent, before }: TurnPlace): Json[] {
  if (before?.count === 0) return [...all];
  const ours = new Set(sent.map(idOf).filter((id) => id !== null));
  const isOurs = (message: Json) => ours.has(idOf(message) ?? '');
  if (before === null) return all.slice(Math.max(0, all.findIndex(isOurs)));
  return all.filter((message, at) => {
    const id = idOf(message);
    return isOurs(message) || !(id === null ? at < before.count : before.ids.has(id));
  });
}

/** Of this turn's messages those that it did not send. */
export function replies(messages: readonly Json[], { sent }: TurnPlace): JsonObject[] {
  const waiting = [...sent];
  const added: JsonObject[] = [];
  for (const message of messages) {
    if (!isObject(message)) continue;
    const at = waiting.findIndex((one) => isSame(one, message));
    if (at === -1) added.push(message);
    else waiting.splice(at, 1);
  }
  return added;
}

/** Is it the message we sent? By id, or by what it says, for a server or an agent may give it another id. */
function isSame(sent: JsonObject, message: JsonObject): boolean {
  if (sent['id'] !== null && sent['id'] === message['id']) return true;
  return typeOf(sent) === typeOf(message) && isSameContent(sent['content'], message['content']);
}

const isSameContent = (one: Json | undefined, other: Json | undefined): boolean =>
  one === other || (typeof one === 'object' && JSON.stringify(one) === JSON.stringify(other));

/**
 * The last AI message without tool calls: its text. Where all call tools, the last one that says something besides.
 * Null where there is none.
 */
export function answerText(messages: readonly JsonObject[]): string | null {
  const said = messages.filter(isAi);
  const answer =
    said.findLast((message) => toolCalls(message).length === 0) ??
    said.findLast((message) => contentText(message['content']) !== '');
  return answer === undefined ? null : contentText(answer['content']);
}

/** A message's content as text: itself, or that of its text blocks. */
export function contentText(content: Json | undefined): string {
  if (typeof content === 'string') return content;
  if (content === undefined || content === null) return '';
  return Array.isArray(content) ? content.map(blockText).join('') : JSON.stringify(content);
}

function blockText(block: Json): string {
  if (typeof block === 'string') return block;
  return isObject(block) && block['type'] === 'text' && typeof block['text'] === 'string'
    ? block['text']
    : '';
}

/** The tools a message calls, those with arguments that cannot be read too. */
export function toolCalls(message: JsonObject): ToolCall[] {
  if (!isAi(message)) return [];
  const calls = [...list(message['tool_calls']), ...list(message['invalid_tool_calls'])];
  const kwargs = message['additional_kwargs'];
  const raw = isObject(kwargs) ? list(kwargs['tool_calls']) : [];
  return (calls.length > 0 ? calls : raw).filter(isObject).map(toolCall);
}

function toolCall(call: JsonObject): ToolCall {
  // OpenAI's own form has name and arguments (JSON text) under `function`.
  const said = isObject(call['function']) ? call['function'] : call;
  const args = said['args'] ?? said['arguments'] ?? {};
  return {
    name: String(said['name'] ?? ''),
    args: typeof args === 'string' ? (parseJson(args) ?? args) : args,
    id: typeof call['id'] === 'string' ? call['id'] : null,
  };
}

export const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

/** Summed over the model calls; null where none was told. */
export function usageOf(messages: readonly JsonObject[]): Usage | null {
  let isTold = false;
  let [input, output, total] = [0, 0, 0];
  for (const { usage_metadata: usage } of messages) {
    if (!isObject(usage)) continue;
    isTold = true;
    input += Number(usage['input_tokens']) || 0;
    output += Number(usage['output_tokens']) || 0;
    total += Number(usage['total_tokens']) || 0;
  }
  return isTold
    ? { input_tokens: input, output_tokens: output, total_tokens: total || input + output }
    : null;
}
