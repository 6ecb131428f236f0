/** Calls tools for whatever it is asked: two at once, then a third with what they said. */

import { type BaseMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { countWords, lastQuestion } from './chat.ts';
import { ScriptedModel } from './scripted-model.ts';
import { toolLoop } from './tool-loop.ts';

const text = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] } as const;
const twoNumbers = {
  type: 'object',
  properties: { a: { type: 'number' }, b: { type: 'number' } },
  required: ['a', 'b'],
} as const;

const count_words = tool((args: { text: string }) => String(countWords(args.text)), {
  name: 'count_words',
  description: 'How many words a text has.',
  schema: text,
});

const count_letters = tool((args: { text: string }) => String(args.text.match(/\p{L}/gu)?.length ?? 0), {
  name: 'count_letters',
  description: 'How many letters a text has.',
  schema: text,
});

const add = tool((args: { a: number; b: number }) => String(args.a + args.b), {
  name: 'add',
  description: 'The sum of two numbers.',
  schema: twoNumbers,
});

function script(messages: readonly BaseMessage[]) {
  const question = lastQuestion(messages);
  const asked = messages.findLastIndex((message) => message.type === 'human');
  const [words, letters, sum] = messages
    .slice(asked)
    .filter((message) => ToolMessage.isInstance(message))
    .map((message) => Number(message.text));

  if (words === undefined || letters === undefined) {
    return [
      { name: 'count_words', args: { text: question } },
      { name: 'count_letters', args: { text: question } },
    ];
  }
  if (sum === undefined) return [{ name: 'add', args: { a: words, b: letters } }];
  return `${words} words and ${letters} letters make ${sum}.`;
}

export const tools = toolLoop('tools', new ScriptedModel(script), [count_words, count_letters, add]);
