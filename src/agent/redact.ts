/** Keeps secrets out of whatever a server sends back: an error page may well show the key it refused. */

import { RequestError } from '../errors.ts';
import { isObject } from '../json.ts';
import type { Failure, Json } from '../types.ts';

/** Shorter ones are no secrets, and would riddle answers with stars. */
const leastLength = 8;

export interface Redactor {
  text(text: string): string;
  /** Every string and name in a value that was read of `text`. The value itself, where the text shows no secret. */
  json(value: Json, text: string): Json;
  /** To be thrown: without secrets in its message, and without a cause, which may hold what the server sent. */
  error(why: Failure, more?: { retryAfterMs?: number | null; partial?: string | null }): RequestError;
}

export function createRedactor(secrets: readonly string[]): Redactor {
  const written = new Set(secrets.filter((secret) => secret.length >= leastLength).flatMap(spellings));
  // The longest first: a secret may be a part of another one.
  const needles = [...written].sort((a, b) => b.length - a.length);
  const text = (said: string) =>
    needles.reduce(
      (clean, needle) => (clean.includes(needle) ? clean.replaceAll(needle, '***') : clean),
      said,
    );
  const deep = (value: Json): Json => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(deep);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [text(key), deep(inner)]));
  };
  return {
    text,
    json: (value, said) => (needles.some((needle) => said.includes(needle)) ? deep(value) : value),
    error: (why, more) => new RequestError({ ...why, message: text(why.message) }, more),
  };
}

/** As it is, as JSON writes it, with and without escaped slashes, and as a URL does. */
function spellings(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  return [secret, json, json.replaceAll('/', '\\/'), encodeURIComponent(secret)];
}
