/** JSON Schema: the one place for its library, which is loaded with the first schema. */

import { createRequire } from 'node:module';
import type { Ajv, ErrorObject } from 'ajv';
import type addFormats from 'ajv-formats';
import { isObject } from '../json.ts';
import { TimeLimit } from '../time-limit.ts';
import type { Json, JsonObject } from '../types.ts';
import { shownJson } from './score.ts';

export interface JsonSchema {
  /** What of a value does not fit, a sentence; null: it fits. `unknown`: it took too long to tell. */
  misfit(value: Json): { readonly unknown: false; readonly told: string | null } | { readonly unknown: true };
}

/** What a comparison with a schema may take, ms. */
export const schemaTimeoutMs = 100;

/** Words whose work may grow faster than the value. */
const mayBeSlow = /"(?:pattern|patternProperties|format|uniqueItems|\$ref|\$dynamicRef|\$recursiveRef)"/;

/** A schema, or what is wrong with it. */
export function compileSchema(schema: Json): JsonSchema | string {
  if (!isObject(schema) && typeof schema !== 'boolean')
    return `expected a JSON Schema, an object, saw ${shownJson(schema)}`;
  if (isObject(schema) && schema['$async'] !== undefined) return 'expected a schema without "$async"';
  const ajv = libraryFor(schema);
  if (typeof ajv === 'string') return ajv;
  try {
    const validate = ajv.compile(schema);
    const misfitOf = (value: Json) =>
      validate(value) ? null : told(validate.errors?.[0], ajv.errorsText(validate.errors));
    if (!mayBeSlow.test(JSON.stringify(schema)))
      return { misfit: (value) => ({ unknown: false, told: misfitOf(value) }) };
    const limit = new TimeLimit(schemaTimeoutMs);
    return {
      misfit: (value) => {
        const done = limit.run(() => misfitOf(value));
        return done === null ? { unknown: true } : { unknown: false, told: done.value };
      },
    };
  } catch (error) {
    return `expected a JSON Schema, saw ${shownJson(schema)}: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    ajv.removeSchema(schema); // another may have the same $id
  }
}

const drafts = [
  [/^https?:\/\/json-schema\.org\/draft-07\/schema#?$/, 'ajv'],
  [/^https?:\/\/json-schema\.org\/draft\/2019-09\/schema#?$/, 'ajv/dist/2019.js'],
  [/^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/, 'ajv/dist/2020.js'],
] as const;

const loaded = new Map<string, Ajv>();

/** By its `$schema`; without one it is draft-07. */
function libraryFor(schema: JsonObject | boolean): Ajv | string {
  const named = isObject(schema) ? (schema['$schema'] ?? null) : null;
  const [, path] =
    named === null ? drafts[0] : (drafts.find(([uri]) => typeof named === 'string' && uri.test(named)) ?? []);
  if (path === undefined)
    return `expected a JSON Schema of draft-07, 2019-09 or 2020-12, saw "$schema": ${shownJson(named)}`;
  const known = loaded.get(path);
  if (known !== undefined) return known;
  const require = createRequire(import.meta.url);
  const { default: Library } = require(path) as { readonly default: typeof Ajv };
  const formats = require('ajv-formats') as { readonly default: typeof addFormats.default };
  // A word that no schema has is one mistyped; what is merely loose is its author's choice.
  const ajv = new Library({ strictSchema: true, strictTypes: false, strictTuples: false, logger: false });
  formats.default(ajv);
  loaded.set(path, ajv);
  return ajv;
}

/** `$/items/0/price must be number`, with what its words leave out. */
function told(error: ErrorObject | undefined, text: string): string {
  if (error === undefined) return text;
  const { instancePath, message = 'does not fit', params } = error;
  const { additionalProperty, allowedValues, allowedValue } = params as JsonObject;
  const more = additionalProperty ?? allowedValues ?? allowedValue;
  return `$${instancePath} ${message}${more === undefined ? '' : `: ${shownJson(more)}`}`;
}
