/** What stands behind `json:`: `schema=order.json,path=$.items[*].id`. Pure. */

import { ConfigError } from '../errors.ts';
import { noTolerance, toleranceOf } from './decimal.ts';
import type { Sameness } from './json-difference.ts';
import { shown } from './score.ts';

export interface JsonArgument extends Sameness {
  /** Is any JSON good? */
  readonly isAny: boolean;
  readonly schemaFile: string | null;
  readonly path: string | null;
}

/** A path holds commas of its own, and stands last. */
const withPath = /(?:^|,)\s*path=(.*)$/s;

/** @throws ConfigError that names what may stand there. */
export function parseJsonArgument(argument: string | null, expects: string): JsonArgument {
  const found = withPath.exec(argument ?? '');
  const before = found === null ? argument : (argument ?? '').slice(0, found.index);
  const parts =
    before === null || (found !== null && before === '') ? [] : before.split(',').map((part) => part.trim());
  const files = parts.filter((part) => part.startsWith('schema='));
  const tolerances = parts.filter((part) => !['valid', 'unordered', ...files].includes(part));
  const tolerance = tolerances[0] === undefined ? noTolerance : toleranceOf(tolerances[0]);
  const isAny = parts.includes('valid');
  const isAlone = !isAny && files.length === 0;
  const schemaFile = files[0]?.slice('schema='.length).trim() ?? null;
  const path = found?.[1]?.trim() ?? null;
  if (
    tolerance === null ||
    tolerances.length > 1 ||
    !(isAlone || parts.length === 1) ||
    schemaFile === '' ||
    path === ''
  ) {
    throw new ConfigError(`json: expected ${expects}, got ${shown(argument ?? '')}`);
  }
  return { isAny, schemaFile, path, isUnordered: parts.includes('unordered'), tolerance };
}
