/** What the sample agents that chat have in common. */

import {
  AIMessage,
  type BaseMessage,
  HumanMessage,
  type StandardMessageStructure,
} from '@langchain/core/messages';

/** An AI message; the type says that it may tell its usage. */
export type Answer = AIMessage<StandardMessageStructure>;

export interface Call {
  readonly name: string;
  readonly args: Record<string, unknown>;
}

/** What the user said last. */
export const lastQuestion = (messages: readonly BaseMessage[]): string =>
  messages.findLast((message) => HumanMessage.isInstance(message))?.text ?? '';

/** An answer that tells its usage as a model's would: here a word is a token. */
export const answer = (text: string, messages: readonly BaseMessage[]): Answer =>
  new AIMessage<StandardMessageStructure>({ content: text, usage_metadata: usageOf(messages, text) });

/** The same that asks for tools to be called, at once if there are several. */
export function askForTools(calls: readonly Call[], messages: readonly BaseMessage[]): Answer {
  const tool_calls = calls.map(({ name, args }, place) => ({
    // Unique in its conversation, and the same whenever this conversation is had again.
    id: `call_${messages.length}_${place + 1}`,
    type: 'tool_call' as const,
    name,
    args,
  }));
  return new AIMessage<StandardMessageStructure>({
    content: '',
    tool_calls,
    usage_metadata: usageOf(messages, JSON.stringify(calls)),
  });
}

function usageOf(messages: readonly BaseMessage[], said: string) {
  const input_tokens = messages.reduce((sum, message) => sum + countWords(message.text), 0);
  const output_tokens = countWords(said);
  return { input_tokens, output_tokens, total_tokens: input_tokens + output_tokens };
}

export const countWords = (text: string): number => text.match(/\S+/g)?.length ?? 0;
