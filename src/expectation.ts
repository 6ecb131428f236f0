/** Whether an example says what it expects. Pure. */

import type { JobRecord, Json } from './types.ts';

/** Does it say nothing? An empty cell is no expectation of an empty answer. */
export const isUnknown = (expected: Json): boolean =>
  expected === null || (typeof expected === 'string' && expected.trim() === '');

/** Neither an answer nor tools. */
export const expectsNothing = ({ expected, expected_tools }: JobRecord): boolean =>
  isUnknown(expected) && expected_tools === undefined;
