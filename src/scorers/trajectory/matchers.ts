/**
 * Matchers: what stands in expected arguments in the place of a value, as an object whose keys begin with `$`.
 * `{"$any":true}` · `{"$regex":"…","$flags":"i"}` · `{"$number":12.5,"$tolerance":0.01}` · `{"$one_of":[…]}` ·
 * `{"$schema":{…}}`, a JSON Schema · `{"$path":"$.a[0].b","$is":…}`, the value or the matcher that a JSONPath's one value
 * fits · `{"$equals":{…}}`, for a value that looks like a matcher itself. Pure.
 */

import { isObject, isSame } from '../../json.ts';
import { compilePath, type JsonPath } from '../../json-path.ts';
import type { Json, JsonObject } from '../../types.ts';
import type { BoundedRegex } from '../bounded-regex.ts';
import { compileSchema } from '../json-schema.ts';
import { kept } from '../kept.ts';
import { compileRegex } from '../regex.ts';

interface Matcher {
  /** Keys beside its own. */
  readonly also: readonly string[];
  /** Completes the sentence "expected …"; null where it is well formed. */
  readonly fault: (matcher: JsonObject) => string | null;
  readonly fits: (matcher: JsonObject, value: Json) => boolean;
}

const matchers: Record<string, Matcher> = {
  $any: {
    also: [],
    fault: ({ $any }) => ($any === true ? null : '"$any": true'),
    fits: () => true,
  },
  $regex: {
    also: ['$flags'],
    fault: ({ $regex, $flags = '' }) =>
      patternOf($regex, $flags) === null ? 'a regular expression, with flags of i, m, s, u' : null,
    fits: ({ $regex, $flags = '' }, value) => {
      const pattern = patternOf($regex, $flags);
      return pattern !== null && typeof value === 'string' && pattern.isIn(value) === true;
    },
  },
  $number: {
    also: ['$tolerance'],
    fault: ({ $number, $tolerance = 0 }) =>
      typeof $number === 'number' && typeof $tolerance === 'number' && $tolerance >= 0
        ? null
        : 'a number, with a tolerance from 0',
    fits: ({ $number, $tolerance = 0 }, value) =>
      typeof value === 'number' && isWithin(value, Number($number), Number($tolerance)),
  },
  $one_of: {
    also: [],
    fault: ({ $one_of }) => (Array.isArray($one_of) && $one_of.length > 0 ? null : 'a list of values'),
    fits: ({ $one_of }, value) => Array.isArray($one_of) && $one_of.some((one) => isSame(one, value)),
  },
  $schema: {
    also: [],
    fault: ({ $schema = null }) => {
      const schema = schemaOf(JSON.stringify($schema));
      return typeof schema === 'string' ? schema.replace(/^expected /, '') : null;
    },
    fits: ({ $schema = null }, value) => {
      const schema = schemaOf(JSON.stringify($schema));
      const misfit = typeof schema === 'string' ? null : schema.misfit(value);
      return misfit !== null && !misfit.unknown && misfit.told === null;
    },
  },
  $path: {
    also: ['$is'],
    fault: ({ $path, $is = null }) => {
      const path = typeof $path === 'string' ? pathOf($path) : 'no text';
      if (typeof path === 'string') return `a JSONPath (${path})`;
      return isObject($is) && isMatcher($is) && matcherFault($is) !== null
        ? `behind $is ${matcherFault($is)?.replace(/^expected /, '')}`
        : null;
    },
    fits: (matcher, value) => {
      const path = pathOf(String(matcher['$path']));
      const found = typeof path === 'string' ? null : path(value);
      if (found?.length !== 1) return false;
      const [seen = null] = found;
      const { $is } = matcher;
      if ($is === undefined) return true;
      return isObject($is) && isMatcher($is) ? fitsMatcher($is, seen) : isSame($is, seen);
    },
  },
  $equals: {
    also: [],
    fault: () => null,
    fits: ({ $equals }, value) => isSame($equals, value),
  },
};

const schemaOf = kept((text: string) => compileSchema(JSON.parse(text) as Json));
const pathOf = kept<JsonPath | string>(compilePath);

/** By flags and expression: no flag is a slash. */
const regexOf = kept((key) => {
  const slash = key.indexOf('/');
  return compileRegex(key.slice(slash + 1), key.slice(0, slash));
});

/** Null where it is no regular expression, or has other flags than `i`, `m`, `s` and `u`. */
function patternOf(source: Json | undefined, flags: Json): BoundedRegex | null {
  if (typeof source !== 'string' || typeof flags !== 'string' || !/^[imsu]*$/.test(flags)) return null;
  const compiled = regexOf(`${flags}/${source}`);
  return typeof compiled === 'string' ? null : compiled;
}

/** Is it to be read as a matcher, well formed or not? */
export const isMatcher = (value: JsonObject): boolean =>
  Object.keys(value).some((key) => key.startsWith('$'));

/** @param matcher Well formed: `matcherFault` found nothing. */
export function fitsMatcher(matcher: JsonObject, value: Json | undefined): boolean {
  const own = ownKey(matcher);
  return value !== undefined && own !== undefined && matchers[own]?.fits(matcher, value) === true;
}

/** What is wrong with a matcher; null where it is well formed. */
export function matcherFault(matcher: JsonObject): string | null {
  const own = ownKey(matcher);
  const known = own === undefined ? undefined : matchers[own];
  const keys = Object.keys(matcher);
  if (own === undefined || known === undefined) {
    const saw = keys.find((key) => key.startsWith('$')) ?? '';
    return `expected one of ${Object.keys(matchers).join(', ')}, saw ${JSON.stringify(saw)}; a value with such a key is written {"$equals":…}`;
  }
  const other = keys.find((key) => key !== own && !known.also.includes(key));
  if (other !== undefined) return `expected nothing else beside ${own}, saw ${JSON.stringify(other)}`;
  const fault = known.fault(matcher);
  return fault === null ? null : `${own}: expected ${fault}, saw ${JSON.stringify(matcher)}`;
}

const ownKey = (matcher: JsonObject): string | undefined =>
  Object.keys(matcher).find((key) => Object.hasOwn(matchers, key));

/** Differences of decimal numbers stray by their last digit: 0.1 and 0.3 are 0.2 apart. */
function isWithin(value: number, of: number, tolerance: number): boolean {
  const stray = tolerance === 0 ? 0 : Number.EPSILON * Math.max(Math.abs(value), Math.abs(of));
  return Math.abs(value - of) <= tolerance + stray;
}
