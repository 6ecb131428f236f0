/** What a scripted agent does when it is asked: builders for an agent server's `agent` function. */

import type { Json, JsonObject } from '../../src/types.ts';

/** What the agent is asked. */
export interface AgentContext {
  /** The run's input as it was sent; null on a `continue` or a resume. */
  readonly input: Json;
  /** The thread's messages, this turn's included. */
  readonly messages: JsonObject[];
  /** Text of the last human message; `''` where there is none. */
  readonly prompt: string;
  /** The thread's id. */
  readonly thread: string;
  /** The run's id. */
  readonly run: string;
  /** The run's: assistant's, thread's and request's together. */
  readonly metadata: JsonObject;
  /** How often this question was asked of this server, from 1: on any thread, this time included. */
  readonly attempt: number;
  /** What a human answered, where the run resumes an interrupt: for one interrupt its own value, else as it was sent. */
  readonly resume: Json | undefined;
  /** Aborts when the run is cancelled. */
  readonly signal: AbortSignal;
}

/** What the agent does then. */
export type ScriptedAgent = (context: AgentContext) => Reply | Promise<Reply>;

export interface ScriptedInterrupt {
  readonly id: string;
  readonly value: Json;
}

export type Reply =
  | { readonly does: 'update'; readonly update: JsonObject; readonly tokens?: readonly string[] | undefined }
  | { readonly does: 'error'; readonly name: string; readonly message: string }
  | {
      readonly does: 'interrupt';
      readonly interrupts: readonly ScriptedInterrupt[];
      readonly adds: readonly JsonObject[];
      readonly withMessages: boolean;
    }
  | { readonly does: 'cancelled' }
  | { readonly does: 'timeout' }
  | { readonly does: 'empty'; readonly body: null | JsonObject }
  | {
      readonly does: 'later';
      readonly when: (signal: AbortSignal) => Promise<unknown>;
      readonly reply: Reply;
    };

export interface ScriptedToolCall {
  readonly name: string;
  readonly args: JsonObject;
  readonly id?: string | undefined;
  /** Default: `done`. */
  readonly result?: string | undefined;
}

export interface SaysOptions {
  /** Of the last message. */
  readonly usage?: { readonly input: number; readonly output: number } | undefined;
  /** Made before the text: one message with the calls, one with each result. */
  readonly toolCalls?: readonly ScriptedToolCall[] | undefined;
  /** The content as blocks, instead of the text. */
  readonly blocks?: Json[] | undefined;
}

const usageOf = (usage: SaysOptions['usage']): JsonObject =>
  usage === undefined
    ? {}
    : {
        usage_metadata: {
          input_tokens: usage.input,
          output_tokens: usage.output,
          total_tokens: usage.input + usage.output,
        },
      };

function toolMessages(calls: readonly ScriptedToolCall[]): JsonObject[] {
  if (calls.length === 0) return [];
  const made = calls.map((call, index) => ({ ...call, id: call.id ?? `call_${index + 1}` }));
  return [
    {
      type: 'ai',
      content: '',
      tool_calls: made.map(({ name, args, id }) => ({ name, args, id, type: 'tool_call' })),
    },
    ...made.map(({ name, id, result }) => ({
      type: 'tool',
      tool_call_id: id,
      name,
      content: result ?? 'done',
    })),
  ];
}

function saidMessages(text: string, options: SaysOptions): JsonObject[] {
  return [
    ...toolMessages(options.toolCalls ?? []),
    { type: 'ai', content: options.blocks ?? text, ...usageOf(options.usage) },
  ];
}

/** A chat agent's answer. */
export const says = (text: string, options: SaysOptions = {}): Reply => adds(saidMessages(text, options));

/** These messages as they are, merged into the thread's by id. */
export const adds = (messages: readonly JsonObject[]): Reply => outputs({ messages: [...messages] });

/** What a graph that is no chat puts into its state. */
export const outputs = (values: JsonObject): Reply => ({ does: 'update', update: values });

/** `says` all tokens together; where `messages-tuple` is streamed, one event a token. */
export const streams = (tokens: readonly string[], options: SaysOptions = {}): Reply => ({
  does: 'update',
  update: { messages: saidMessages(tokens.join(''), options) },
  tokens,
});

/** The graph throws: HTTP 200 with `__error__`, run `error`, thread `error`. */
export const throwsError = (name: string, message: string): Reply => ({ does: 'error', name, message });

export interface InterruptsOptions {
  /** The answer holds the state beside `__interrupt__`. */
  readonly withMessages?: boolean | undefined;
  /** Messages the agent added before it asked, such as the tool call to be approved. */
  readonly adds?: readonly JsonObject[] | undefined;
}

/** Waits for a human: run `success`, thread `interrupted`. Asked again with `resume` once somebody answers. */
export const interrupts = (
  interrupts: readonly ScriptedInterrupt[],
  options: InterruptsOptions = {},
): Reply => ({
  does: 'interrupt',
  interrupts,
  adds: options.adds ?? [],
  withMessages: options.withMessages ?? false,
});

/** A static breakpoint: as `interrupts`, with an empty `__interrupt__`. */
export const breakpoint = (): Reply => interrupts([]);

/** Another client cancels the run: 200 with the values so far and no mark of it; run `interrupted`, thread `idle`. */
export const cancelledHalfway = (): Reply => ({ does: 'cancelled' });

/** The server's own limit for a run: 200 with the values so far, run `timeout`, thread `error`. */
export const timesOut = (): Reply => ({ does: 'timeout' });

/** Run `success`, yet the answer is `null` or `{}` and no `values` are streamed. */
export const emptyResult = (body: null | JsonObject = null): Reply => ({ does: 'empty', body });

/** The reply after a real delay. A cancel ends it early. */
export const after = (ms: number, reply: Reply): Reply => ({
  does: 'later',
  when: (signal) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
    }),
  reply,
});

/** The reply once the test's promise has settled. A cancel ends it early. */
export const until = (promise: Promise<unknown>, reply: Reply): Reply => ({
  does: 'later',
  when: () => promise,
  reply,
});
