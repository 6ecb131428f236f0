/**
 * A support desk: looks up orders, does sums, knows what people often ask, and remembers the conversation:
 * the user's name and what was said.
 */

import { type BaseMessage, HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { type Call, lastQuestion } from './chat.ts';
import { answers, orders } from './desk.ts';
import { ScriptedModel } from './scripted-model.ts';
import { toolLoop } from './tool-loop.ts';

const lookup_order = tool(
  ({ order }: { order: string }) => {
    const found = orders[order];
    return found ? `Order ${order} (${found.item}) is ${found.status}.` : `There is no order ${order}.`;
  },
  {
    name: 'lookup_order',
    description: 'What an order is of and where it is.',
    schema: { type: 'object', properties: { order: { type: 'string' } }, required: ['order'] },
  },
);

const sum = /(\d+(?:\.\d+)?)\s*([+*/×]|(?<=\s)[-x](?=\s))\s*(\d+(?:\.\d+)?)/;

const calculator = tool(
  ({ expression }: { expression: string }) => {
    const [, left, sign, right] = sum.exec(expression) ?? [];
    const a = Number(left);
    const b = Number(right);
    const result = sign === '+' ? a + b : sign === '-' ? a - b : sign === '/' ? a / b : a * b;
    // 0.1 + 0.2 is 0.3 to a customer.
    return Number.isFinite(result)
      ? `${expression} = ${Number(result.toFixed(6))}`
      : `${expression} has no result.`;
  },
  {
    name: 'calculator',
    description: 'Adds, subtracts, multiplies or divides two numbers.',
    schema: { type: 'object', properties: { expression: { type: 'string' } }, required: ['expression'] },
  },
);

function script(messages: readonly BaseMessage[]): Call[] | string {
  const results = toolResults(messages);
  if (results.length > 0) return results.join(' ');
  const question = lastQuestion(messages);
  const calls = callsFor(question);
  return calls.length > 0 ? calls : replyTo(question, messages);
}

/** What tools said since the user's last message. */
function toolResults(messages: readonly BaseMessage[]): string[] {
  const asked = messages.findLastIndex((message) => HumanMessage.isInstance(message));
  return messages
    .slice(asked + 1)
    .filter((message) => ToolMessage.isInstance(message))
    .map(({ text }) => text);
}

function callsFor(question: string): Call[] {
  const numbers = [...question.matchAll(/\b\d{4}\b/g)].map(([number]) => number);
  if (/\border/i.test(question) && numbers.length > 0) {
    return numbers.map((order) => ({ name: 'lookup_order', args: { order } }));
  }
  const expression = sum.exec(question)?.[0];
  return expression === undefined ? [] : [{ name: 'calculator', args: { expression } }];
}

function replyTo(question: string, messages: readonly BaseMessage[]): string {
  const said = messages.filter((message) => HumanMessage.isInstance(message)).map(({ text }) => text);
  const name = said.map(nameIn).findLast((found) => found !== null) ?? null;

  if (/what did i (say|ask)|my first (message|question)/i.test(question))
    return `You first said: "${said[0]}"`;
  if (/(what is|what's) my name|who am i/i.test(question)) {
    return name === null ? 'You have not told me your name yet.' : `Your name is ${name}.`;
  }
  if (nameIn(question) !== null) return `Nice to meet you, ${name}. How can I help?`;
  const known = answers.find(({ asked }) => asked.test(question));
  if (known) return known.told;
  if (/^(hi|hello|hey|good (morning|afternoon|evening))\b/i.test(question)) {
    return `Hello${name === null ? '' : `, ${name}`}! How can I help?`;
  }
  if (/\bthank/i.test(question)) return `You are welcome${name === null ? '' : `, ${name}`}.`;
  return 'I do not know that. A colleague will write to you within a day.';
}

/** Names are written with a capital: "I am Ada", and not "I am late". */
const nameIn = (text: string): string | null =>
  /\b(?:[Mm]y name is|I am|I'm|i'm) (\p{Lu}\p{L}+)/u.exec(text)?.[1] ?? null;

export const assistant = toolLoop('assistant', new ScriptedModel(script), [lookup_order, calculator]);
