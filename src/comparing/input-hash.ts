/** What stands for an input, so that two batches can tell whether they asked the same. */

import { hash } from 'node:crypto';
import { isObject } from '../json.ts';
import type { Json } from '../types.ts';

/** The first 16 hex digits of the SHA-256 over its JSON, whatever the order of an object's keys. */
export const inputHash = (input: Json): string =>
  hash('sha256', JSON.stringify(typeof input === 'string' ? input : sorted(input))).slice(0, 16);

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key] ?? null)]));
}
