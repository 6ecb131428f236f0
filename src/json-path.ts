/** JSONPath as in RFC 9535: the one place for its library, which evaluates no code and is loaded with the first path. */

import { createRequire } from 'node:module';
import type * as Library from 'json-p3';
import { TimeLimit } from './time-limit.ts';
import type { Json } from './types.ts';

/** All values that a path names in another; null: it took too long to tell. */
export type JsonPath = (value: Json) => Json[] | null;

/** What a path with conditions, or with several descents, may take, ms. */
export const pathTimeoutMs = 100;

let environment: Library.JSONPathEnvironment | null = null;

function loadedEnvironment(): Library.JSONPathEnvironment {
  // At once, for paths stand in options and in datasets alike, which are read without a pause.
  const { JSONPathEnvironment } = createRequire(import.meta.url)('json-p3') as typeof Library;
  environment ??= new JSONPathEnvironment({ strict: true });
  return environment;
}

/** A path, or what is wrong with the text. */
export function compilePath(text: string): JsonPath | string {
  try {
    const query = loadedEnvironment().compile(text);
    const valuesIn = (value: Json) => query.query(value).values() as Json[];
    if (isShort(text)) return valuesIn;
    const limit = new TimeLimit(pathTimeoutMs);
    return (value) => limit.run(() => valuesIn(value))?.value ?? null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Its work grows with the value alone. A condition may search by an expression, or through all again for each item. */
const isShort = (path: string): boolean => !path.includes('?') && path.split('..').length <= 2;

/** As one value: null for none, itself for one, a list for several; null too where it took too long. */
export function oneValue(values: Json[] | null): Json {
  if (values === null || values.length === 0) return null;
  return values.length === 1 ? (values[0] ?? null) : values;
}
