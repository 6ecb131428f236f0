/** JSONPath as in RFC 9535: the one place for its library, which evaluates no code. Loaded by those who use a path. */

import { TimeLimit } from './time-limit.ts';
import type { Json } from './types.ts';

/** All values that a path names in another; null: it took too long to tell. */
export type JsonPath = (value: Json) => Json[] | null;

/** What a path with conditions, or with several descents, may take, ms. */
export const pathTimeoutMs = 100;

/**
 * Gives what compiles paths.
 * @returns A path, or what is wrong with the text.
 */
export async function jsonPathCompiler(): Promise<(text: string) => JsonPath | string> {
  const { JSONPathEnvironment } = await import('json-p3');
  const environment = new JSONPathEnvironment({ strict: true });
  return (text) => {
    try {
      const query = environment.compile(text);
      const valuesIn = (value: Json) => query.query(value).values() as Json[];
      if (isShort(text)) return valuesIn;
      const limit = new TimeLimit(pathTimeoutMs);
      return (value) => limit.run(() => valuesIn(value))?.value ?? null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
}

/** Its work grows with the value alone. A condition may search by an expression, or through all again for each item. */
const isShort = (path: string): boolean => !path.includes('?') && path.split('..').length <= 2;

/** As one value: null for none, itself for one, a list for several; null too where it took too long. */
export function oneValue(values: Json[] | null): Json {
  if (values === null || values.length === 0) return null;
  return values.length === 1 ? (values[0] ?? null) : values;
}
