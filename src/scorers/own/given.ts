/** What a user's scorer may give, as a score. Pure. */

import type { Score } from '../../types.ts';
import { checked } from '../safely.ts';

/** `true`, a number from 0 to 1, null, or a score; anything else is not scored. */
export function scoreGiven(given: unknown): Score {
  if (typeof given !== 'object' || given === null || !('value' in given)) {
    return isPlain(given) ? checked({ value: numberOf(given), reason: said(given) }) : checked(given);
  }
  const { value } = given;
  const reason = 'reason' in given && typeof given.reason === 'string' ? given.reason : said(value);
  return checked({ value: numberOf(value), reason });
}

const isPlain = (given: unknown): boolean =>
  given === null || typeof given === 'boolean' || typeof given === 'number';

const numberOf = (given: unknown): unknown => (typeof given === 'boolean' ? Number(given) : given);

const said = (given: unknown): string | null =>
  given === true || given === 1 ? null : `the scorer gave ${String(given)}`;
