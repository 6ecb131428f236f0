/** A chat model that follows a script instead of thinking. It streams, asks for tools and tells its usage as a real one does. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { CallbackManagerForLLMRun } from '@langchain/core/callbacks/manager';
import { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessageChunk, type BaseMessage, type StandardMessageStructure } from '@langchain/core/messages';
import { ChatGenerationChunk, type ChatResult } from '@langchain/core/outputs';
import { type Answer, answer, askForTools, type Call } from './chat.ts';

/** Decides what comes next: tools to be called, or words. */
export type Script = (messages: readonly BaseMessage[]) => readonly Call[] | string;

const tokenMs = 5;

export class ScriptedModel extends BaseChatModel {
  readonly #script: Script;

  constructor(script: Script) {
    super({});
    this.#script = script;
  }

  override _llmType(): string {
    return 'scripted';
  }

  override async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const message = this.#reply(messages);
    return { generations: [{ message, text: message.text }] };
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this['ParsedCallOptions'],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    for (const message of chunksOf(this.#reply(messages))) {
      const chunk = new ChatGenerationChunk({ message, text: message.text });
      yield chunk;
      await runManager?.handleLLMNewToken(chunk.text, undefined, undefined, undefined, undefined, { chunk });
      await sleep(tokenMs, undefined, { signal: options.signal });
    }
  }

  #reply(messages: BaseMessage[]): Answer {
    const next = this.#script(messages);
    return typeof next === 'string' ? answer(next, messages) : askForTools(next, messages);
  }
}

/** Its words one by one, then its tool calls and usage. */
function* chunksOf({ text, tool_calls = [], usage_metadata }: Answer): Generator<AIMessageChunk> {
  for (const word of text.match(/\S+\s*/g) ?? []) yield new AIMessageChunk({ content: word });
  const tool_call_chunks = tool_calls.map(({ id, name, args }, index) => ({
    type: 'tool_call_chunk' as const,
    index,
    name,
    args: JSON.stringify(args),
    ...(id !== undefined && { id }),
  }));
  yield new AIMessageChunk<StandardMessageStructure>({
    content: '',
    tool_call_chunks,
    ...(usage_metadata && { usage_metadata }),
  });
}
