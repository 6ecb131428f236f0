import type { Json, JsonObject } from '../../src/types.ts';

/** The little of the Agent Server's protocol that these tests need. */
export function clientOf(url: string) {
  const send = async (method: string, path: string, body?: Json): Promise<JsonObject> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return JSON.parse(await response.text());
  };
  const run = (thread: string, agent: string, request: JsonObject) =>
    send('POST', `/threads/${thread}/runs/wait`, { assistant_id: agent, ...request });
  return {
    send,
    run,
    newThread: async (): Promise<string> => String((await send('POST', '/threads', {})).thread_id),
    /** Says something on the thread. Gives the state it ends in. */
    say: (thread: string, agent: string, text: string, more: JsonObject = {}) =>
      run(thread, agent, { input: { messages: [{ role: 'user', content: text }] }, ...more }),
  };
}

interface Message {
  readonly type: string;
  readonly content: string;
  readonly tool_calls?: readonly { readonly name: string; readonly args: JsonObject; readonly id: string }[];
  readonly usage_metadata?: {
    readonly input_tokens: number;
    readonly output_tokens: number;
    readonly total_tokens: number;
  };
}

export const messagesOf = (state: JsonObject) => state['messages'] as unknown as readonly Message[];

export const lastText = (state: JsonObject) => messagesOf(state).at(-1)?.content;

export const toolCallsOf = (state: JsonObject) =>
  messagesOf(state).map((message) => message.tool_calls ?? []);
