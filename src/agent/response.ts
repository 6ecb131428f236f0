/** What an answer says: this turn's messages, tool calls, usage and text out of the whole state. Pure. */

import type { Input, Interrupt, Json, JsonObject, Outcome, ToolCall, Usage } from '../types.ts';
import { failure, isObject, parseJson } from './failures.ts';
import { inputIds, type TurnKeys } from './request.ts';

/** Where this turn begins in a state that holds the whole conversation. */
export interface TurnPlace {
  /** Ids of the messages this turn sent; none for a graph's input. */
  readonly inputIds: readonly string[];
  /** How many messages the state held before this turn. */
  readonly messagesBefore: number;
  /** How many messages the input brought, where they have no ids of ours. */
  readonly inputMessages: number;
}

/** @param messagesBefore How many messages the state held before this turn. */
export function turnPlace(input: Input, keys: TurnKeys, messagesBefore: number): TurnPlace {
  const sent = isObject(input) ? input['messages'] : undefined;
  return {
    inputIds: inputIds(input, keys),
    messagesBefore,
    inputMessages: Array.isArray(sent) ? sent.length : sent === undefined ? 0 : 1,
  };
}

const nothing: Omit<Outcome, 'outcome' | 'failure' | 'response' | 'output'> = {
  messages: [],
  tool_calls: [],
  interrupts: [],
  usage: null,
};

/** What this turn brought, out of the values the server answered with. */
export function readValues(
  values: Json,
  place: TurnPlace,
): Pick<Outcome, 'response' | 'messages' | 'tool_calls' | 'usage' | 'output'> {
  const all = isObject(values) ? values['messages'] : undefined;
  if (!Array.isArray(all)) {
    return {
      ...nothing,
      response: typeof values === 'string' ? values : JSON.stringify(values),
      output: values,
    };
  }
  const { first, added } = turnBounds(all, place);
  const replies = all.slice(added).filter(isObject);
  return {
    response: answerText(replies),
    messages: all.slice(first),
    tool_calls: replies.flatMap(toolCalls),
    usage: usageOf(replies),
    output: values,
  };
}

/** `first`: this turn's first message, its input included. `added`: the first that the agent added. */
function turnBounds(all: readonly Json[], place: TurnPlace): { first: number; added: number } {
  const ids = new Set(place.inputIds);
  const isInput = (message: Json) =>
    isObject(message) && typeof message['id'] === 'string' && ids.has(message['id']);
  const first = all.findIndex(isInput);
  if (first !== -1) return { first, added: all.findLastIndex(isInput) + 1 };
  // Our messages are not there (a graph's own input, or an agent that rewrites its history): go by count.
  const before = Math.min(place.messagesBefore, all.length);
  return { first: before, added: Math.min(before + place.inputMessages, all.length) };
}

const isAi = (message: JsonObject) =>
  ['ai', 'AIMessageChunk', 'assistant'].includes(String(message['type'] ?? message['role']));

/** The last AI message without tool calls: its text, or that of its text blocks. Null where there is none. */
function answerText(replies: readonly JsonObject[]): string | null {
  const answer = replies.findLast((message) => isAi(message) && toolCalls(message).length === 0);
  return answer === undefined ? null : contentText(answer['content']);
}

export function contentText(content: Json | undefined): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content))
    return content === undefined || content === null ? '' : JSON.stringify(content);
  return content
    .map((block) =>
      typeof block === 'string'
        ? block
        : isObject(block) && block['type'] === 'text'
          ? String(block['text'] ?? '')
          : '',
    )
    .join('');
}

function toolCalls(message: JsonObject): ToolCall[] {
  if (!isAi(message)) return [];
  const calls = [...list(message['tool_calls']), ...list(message['invalid_tool_calls'])];
  const extra = isObject(message['additional_kwargs'])
    ? list(message['additional_kwargs']['tool_calls'])
    : [];
  return (calls.length > 0 ? calls : extra).filter(isObject).map((call) => {
    // OpenAI's own form has name and arguments (JSON text) under `function`.
    const said = isObject(call['function']) ? call['function'] : call;
    const args = said['args'] ?? said['arguments'] ?? {};
    return {
      name: String(said['name'] ?? ''),
      args: typeof args === 'string' ? (parseJson(args) ?? args) : args,
      id: typeof call['id'] === 'string' ? call['id'] : null,
    };
  });
}

const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

function usageOf(replies: readonly JsonObject[]): Usage | null {
  const told = replies.map((message) => message['usage_metadata']).filter(isObject);
  if (told.length === 0) return null;
  const sum = (key: keyof Usage) => told.reduce((total, usage) => total + (Number(usage[key]) || 0), 0);
  const input = sum('input_tokens');
  const output = sum('output_tokens');
  return { input_tokens: input, output_tokens: output, total_tokens: sum('total_tokens') || input + output };
}

/** Answers without a value: nothing was computed, or nothing is told. */
export const isEmpty = (values: Json | undefined): boolean =>
  values === undefined || values === null || (isObject(values) && Object.keys(values).length === 0);

export function success(values: Json, place: TurnPlace): Outcome {
  return { ...nothing, ...readValues(values, place), outcome: 'success', failure: null };
}

/** The agent itself failed: it ran, and we know how it ended. */
export function agentError(error: Json | undefined, output: Json = null): Outcome {
  const { name, message } = errorOf(error);
  return errorOutcome(
    failure('agent', 'AGENT_ERROR', name === 'Error' || name === '' ? message : `${name}: ${message}`, {
      status: 200,
      mayHaveRun: true,
    }),
    { output },
  );
}

export function errorOutcome(
  why: Outcome['failure'],
  facts: { response?: string | null; output?: Json } = {},
): Outcome {
  return {
    ...nothing,
    response: facts.response ?? null,
    output: facts.output ?? null,
    outcome: 'error',
    failure: why,
  };
}

/** `{error, message}`, plain (deployed), encoded twice (local), or as a task of the state has it. */
function errorOf(error: Json | undefined): { name: string; message: string } {
  if (typeof error === 'string') {
    const inner = parseJson(error);
    return isObject(inner) ? errorOf(inner) : { name: '', message: error };
  }
  if (!isObject(error)) return { name: '', message: 'the agent failed and told no reason' };
  const name = String(error['error'] ?? error['name'] ?? '');
  const message = error['message'];
  const inner = typeof message === 'string' ? parseJson(message) : undefined;
  return isObject(inner) && 'message' in inner ? errorOf(inner) : { name, message: String(message ?? name) };
}

/** A run that waits for a human: what it asks, and what the turn brought so far. */
export function interrupted(interrupts: Interrupt[], values: Json, place: TurnPlace): Outcome {
  const far = isEmpty(values) ? { ...nothing, response: null, output: values } : readValues(values, place);
  return { ...far, interrupts, outcome: 'interrupted', failure: interruptReason(interrupts) };
}

function interruptReason(interrupts: readonly Interrupt[]): Outcome['failure'] {
  const facts = { status: 200, mayHaveRun: true };
  const [first] = interrupts;
  if (first === undefined) {
    return failure('agent', 'BREAKPOINT', 'the run stopped at a breakpoint and asks nothing', facts);
  }
  const url = authUrl(first.value);
  if (url !== null) {
    return failure('agent', 'AUTH_REQUIRED', `a tool waits for authorisation: open ${url}`, facts);
  }
  return failure('agent', 'WAITS_FOR_HUMAN', `waits for a human: ${questionText(first.value)}`, facts);
}

/** The URL where a person authorises a tool, wherever in the interrupt it stands. */
function authUrl(value: Json, depth = 0): string | null {
  if (depth > 5) return null;
  if (Array.isArray(value))
    return value.map((item) => authUrl(item, depth + 1)).find((url) => url !== null) ?? null;
  if (!isObject(value)) return null;
  if (typeof value['auth_url'] === 'string') return value['auth_url'];
  return (
    Object.values(value)
      .map((item) => authUrl(item, depth + 1))
      .find((url) => url !== null) ?? null
  );
}

/** What a person is asked, in one line. */
export function questionText(value: Json): string {
  if (typeof value === 'string') return value;
  if (isObject(value)) {
    for (const key of ['question', 'description', 'message', 'prompt', 'text'] as const) {
      if (typeof value[key] === 'string') return value[key];
    }
    const actions = list(value['action_requests']).filter(isObject);
    if (actions.length > 0) {
      return `may it call ${actions.map((action) => `${String(action['name'] ?? action['action'])}(${JSON.stringify(action['args'] ?? {})})`).join(' and ')}?`;
    }
  }
  return JSON.stringify(value);
}

/** The interrupts of an answer or a thread, whichever shape: a list, or lists by task. */
export function readInterrupts(value: Json | undefined): Interrupt[] {
  const items = Array.isArray(value) ? value : isObject(value) ? Object.values(value).flatMap(list) : [];
  return items.map((item) =>
    isObject(item) && 'value' in item
      ? { id: typeof item['id'] === 'string' ? item['id'] : null, value: item['value'] ?? null }
      : { id: null, value: item },
  );
}

/** How many messages a state holds; null where it is no chat. */
export function messageCount(values: Json): number | null {
  const messages = isObject(values) ? values['messages'] : undefined;
  return Array.isArray(messages) ? messages.length : null;
}
