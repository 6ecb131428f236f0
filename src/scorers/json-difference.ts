/** Where two JSON values differ. Pure. */

import { isObject } from '../json.ts';
import type { Json, JsonObject } from '../types.ts';
import { assign } from './assign.ts';
import { decimalOf, isWithin, type Tolerance } from './decimal.ts';
import { shownJson } from './score.ts';

export interface Sameness {
  readonly tolerance: Tolerance;
  /** May the items of arrays stand in any order? The fields of objects always may. */
  readonly isUnordered: boolean;
}

/**
 * The first difference, for a person: `$.items[2].price: expected 3, saw 4`; null where there is none.
 * @param expected Neither may be nested deeper than the stack allows: see nesting.ts.
 */
export function jsonDifference(expected: Json, seen: Json, sameness: Sameness, path = '$'): string | null {
  if (typeof expected === 'number' && typeof seen === 'number') {
    return isSameNumber(expected, seen, sameness.tolerance) ? null : differ(path, expected, seen);
  }
  if (Array.isArray(expected) && Array.isArray(seen)) {
    return sameness.isUnordered
      ? unorderedDifference(expected, seen, sameness, path)
      : arrayDifference(expected, seen, sameness, path);
  }
  if (isObject(expected) && isObject(seen)) return objectDifference(expected, seen, sameness, path);
  return expected === seen ? null : differ(path, expected, seen);
}

function objectDifference(
  expected: JsonObject,
  seen: JsonObject,
  sameness: Sameness,
  path: string,
): string | null {
  for (const [name, value] of Object.entries(expected)) {
    const at = `${path}${fieldPath(name)}`;
    if (!Object.hasOwn(seen, name)) return `${at}: expected ${shownJson(value)}, saw no such field`;
    const difference = jsonDifference(value, seen[name] ?? null, sameness, at);
    if (difference !== null) return difference;
  }
  const added = Object.keys(seen).find((name) => !Object.hasOwn(expected, name));
  return added === undefined
    ? null
    : `${path}${fieldPath(added)}: expected no such field, saw ${shownJson(seen[added] ?? null)}`;
}

function arrayDifference(expected: Json[], seen: Json[], sameness: Sameness, path: string): string | null {
  for (const [place, value] of expected.slice(0, seen.length).entries()) {
    const difference = jsonDifference(value, seen[place] ?? null, sameness, `${path}[${place}]`);
    if (difference !== null) return difference;
  }
  return expected.length === seen.length ? null : countDiffers(path, expected, seen);
}

function unorderedDifference(
  expected: Json[],
  seen: Json[],
  sameness: Sameness,
  path: string,
): string | null {
  if (expected.length !== seen.length) return countDiffers(path, expected, seen);
  const isSame = (one: number, other: number) =>
    jsonDifference(expected[one] ?? null, seen[other] ?? null, sameness) === null;
  const left = assign(expected.length, seen.length, isSame).indexOf(null);
  return left === -1
    ? null
    : `${path}: expected ${shownJson(expected[left] ?? null)} among its items, saw it too seldom`;
}

/** Both as they are written: 0.3 is within 0.1 of 0.2. */
function isSameNumber(expected: number, seen: number, tolerance: Tolerance): boolean {
  const [one, other] = [decimalOf(String(expected)), decimalOf(String(seen))];
  return expected === seen || (one !== null && other !== null && isWithin(other, one, tolerance));
}

const countDiffers = (path: string, expected: Json[], seen: Json[]): string =>
  `${path}: expected ${expected.length} items, saw ${seen.length}`;

const differ = (path: string, expected: Json, seen: Json): string =>
  `${path}: expected ${shownJson(expected)}, saw ${shownJson(seen)}`;

const fieldPath = (name: string): string =>
  /^[\p{L}_][\p{L}\d_]*$/u.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
