import type { Json } from '../types.ts';

/** What was asked, as one text: the string itself, the last message of a chat, or the graph's input as JSON. */
export function promptOf(input: Json): string {
  if (typeof input === 'string') return input;
  const last = messagesOf(input)?.at(-1);
  return (last === undefined ? null : contentOf(last)) ?? JSON.stringify(input);
}

/** An expectation as one text; null: there is none. */
export const expectedText = (expected: Json): string | null =>
  expected === null || typeof expected === 'string' ? expected : JSON.stringify(expected);

function messagesOf(input: Json): Json[] | null {
  if (Array.isArray(input)) return input;
  const messages = field(input, 'messages');
  return Array.isArray(messages) ? messages : null;
}

/** A message's text: its content, or the text of its content's parts. */
function contentOf(message: Json): string | null {
  const content = field(message, 'content');
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return null;
  const texts = content.map((part) => (typeof part === 'string' ? part : field(part, 'text')));
  return texts.filter((text) => typeof text === 'string').join(' ') || null;
}

function field(value: Json, name: string): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value[name] : undefined;
}
