/** Messages as an Agent Server keeps them. */

import { randomUUID } from 'node:crypto';
import type { Json, JsonObject } from '../../src/types.ts';

export type Flavour = 'local' | 'deployed';

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const typeOfRole: Record<string, string> = { user: 'human', assistant: 'ai' };

/** A message as the server keeps it: typed, with an id, with the fields that clients expect. */
export function storedMessage(message: Json, flavour: Flavour): JsonObject {
  if (!isObject(message)) return storedMessage({ role: 'user', content: message }, flavour);
  const { role, type: given, content = '', id, ...rest } = message;
  const name = String(given ?? role);
  const type = typeOfRole[name] ?? name;
  const ofAi: JsonObject = type === 'ai' ? { tool_calls: [], invalid_tool_calls: [] } : {};
  const ofDeployed: JsonObject =
    flavour === 'local'
      ? {}
      : {
          name: null,
          ...(type === 'tool' ? {} : { example: false }),
          ...(type === 'ai' ? { usage_metadata: null } : {}),
        };
  return {
    content,
    additional_kwargs: {},
    response_metadata: {},
    ...ofAi,
    ...ofDeployed,
    ...rest,
    id: id ?? randomUUID(),
    type,
  };
}

/** As `add_messages`: a message whose id is there already replaces it, any other is put at the end. */
export function mergeMessages(old: readonly Json[], added: readonly JsonObject[]): JsonObject[] {
  const merged = old.filter(isObject);
  for (const message of added) {
    const place = merged.findIndex((one) => one['id'] === message['id']);
    if (place === -1) merged.push(message);
    else merged[place] = message;
  }
  return merged;
}
