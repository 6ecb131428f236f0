/** Messages of a turn that calls tools, in the forms of servers, providers and serialisers. */

import type { Json, JsonObject } from '../../src/types.ts';
import { type Flavour, storedMessage } from '../support/server-messages.ts';

/** A call as a test writes it; `id` null: without. */
export interface MadeCall {
  readonly name: string;
  readonly args: Json;
  readonly id?: string | null;
  readonly result?: 'failed' | 'none';
}

export type Form = Flavour | 'openai' | 'anthropic' | 'serialised' | 'stored';

let made = 0;
const nextId = (): string => `call_${++made}`;

export const call = (name: string, args: Json = {}, more: Partial<MadeCall> = {}): MadeCall => ({
  id: nextId(),
  ...more,
  name,
  args,
});

export const human = (form: Form, content: string): JsonObject =>
  form === 'openai' || form === 'anthropic'
    ? { role: 'user', content }
    : storedMessage(
        { type: 'human', content, id: `h-${content}` },
        form === 'deployed' ? 'deployed' : 'local',
      );

/** One message that makes these calls at once, and what their tools answered, in the form of a server or a provider. */
export function step(form: Form, calls: readonly MadeCall[]): Json[] {
  const answered = calls.filter(({ result }) => result !== 'none');
  if (form === 'anthropic')
    return [
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'I look.' },
          ...calls.map(({ name, args, id = null }) => ({ type: 'tool_use', id, name, input: args })),
        ],
      },
      {
        role: 'user',
        content: answered.map(({ id = null, result }) => ({
          type: 'tool_result',
          tool_use_id: id,
          is_error: result === 'failed',
        })),
      },
    ];
  const answers = answered.map(({ name, id = null, result }) => ({
    ...(form === 'openai'
      ? { role: 'tool' }
      : { type: 'tool', name, status: result === 'failed' ? 'error' : 'success' }),
    content: 'done',
    tool_call_id: id ?? '',
  }));
  if (form === 'openai') {
    const said = calls.map(({ name, args, id = null }) => ({
      ...(id === null ? {} : { id }),
      type: 'function',
      function: { name, arguments: JSON.stringify(args) },
    }));
    return [{ role: 'assistant', content: null, tool_calls: said }, ...answers];
  }
  const tool_calls = calls.map(({ name, args, id = null }) => ({ name, args, id, type: 'tool_call' }));
  if (form === 'serialised') {
    const id = ['langchain_core', 'messages', 'AIMessage'];
    return [{ lc: 1, type: 'constructor', id, kwargs: { content: '', tool_calls } }, ...answers];
  }
  if (form === 'stored') return [{ type: 'ai', data: { content: '', tool_calls } }, ...answers];
  const blocks = calls.map(({ name, args, id = null }) => ({ type: 'tool_use', id, name, input: args }));
  return [{ type: 'ai', content: form === 'deployed' ? blocks : '', tool_calls }, ...answers].map((message) =>
    storedMessage(message, form),
  );
}

const answer = (form: Form): JsonObject =>
  form === 'openai' || form === 'anthropic'
    ? { role: 'assistant', content: 'Done.' }
    : storedMessage({ type: 'ai', content: 'Done.' }, form === 'deployed' ? 'deployed' : 'local');

export const turn = (form: Form, ...steps: readonly (readonly MadeCall[])[]): Json[] => [
  human(form, 'Refund order 17.'),
  ...steps.flatMap((calls) => step(form, calls)),
  answer(form),
];
