/** JSON values: told apart, compared, read from text. Pure. */

import { isNestedTooDeep } from './nesting.ts';
import type { Json } from './types.ts';

export const isObject = (value: unknown): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isNone = (value: Json | undefined): value is null | undefined =>
  value === undefined || value === null;

/** Equal, whatever the order of an object's keys. */
export function isSame(one: Json | undefined, other: Json | undefined): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((value, at) => isSame(value, other[at]));
  if (!isObject(one) || !isObject(other)) return one === other;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isSame(one[key], other[key]))
  );
}

/** Undefined where it is no JSON, or too deep for us to write it again. */
export function parseJson(text: string): Json | undefined {
  if (isNestedTooDeep(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
