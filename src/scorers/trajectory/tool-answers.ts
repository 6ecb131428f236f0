/** What tools answered: of which call, and whether they failed. Pure. */

import { isObject } from '../../json.ts';
import type { Json, JsonObject } from '../../types.ts';
import type { Message } from './message.ts';

export interface ToolAnswer {
  /** Null where it does not say. */
  readonly callId: string | null;
  readonly name: string | null;
  readonly hasFailed: boolean;
  /** Of its message, from 0. */
  readonly place: number;
}

/** A tool message is one; a message of a user in Anthropic's form may hold several. */
export function answersOf({ kind, fields }: Message, place: number): readonly ToolAnswer[] {
  if (kind === 'tool')
    return [
      {
        callId: textOf(fields['tool_call_id']),
        name: textOf(fields['name']),
        hasFailed: fields['status'] === 'error',
        place,
      },
    ];
  const content = kind === 'other' ? fields['content'] : null;
  return (Array.isArray(content) ? content : []).filter(isResult).map((block) => ({
    callId: textOf(block['tool_use_id']),
    name: null,
    hasFailed: block['is_error'] === true,
    place,
  }));
}

const isResult = (block: Json): block is JsonObject => isObject(block) && block['type'] === 'tool_result';

const textOf = (value: Json | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null;
