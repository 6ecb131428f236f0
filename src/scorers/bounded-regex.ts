/** Regular expressions that cannot take forever, whatever the expression and the answer. */

import { TimeLimit } from '../time-limit.ts';
import { mostSteps } from './regex-paths.ts';

export interface BoundedRegex {
  /** Does it match somewhere in the text? Null: it took too long to tell. */
  isIn(text: string): boolean | null;
  /** Has it taken too long so often that no text is looked at any more? */
  readonly isGivenUp: boolean;
}

/** Nobody notices what takes fewer steps; most expressions on most answers do. */
const fewSteps = 2e6;
/** What a search may take, ms: a thousand times what a sane one does. */
export const searchTimeoutMs = 100;

/**
 * Where the steps are known to be few the search is made as it is, else within a time.
 * @throws SyntaxError Where it is no regular expression.
 */
export function boundedRegex(source: string, flags = ''): BoundedRegex {
  const regex = new RegExp(source, flags);
  const limit = new TimeLimit(searchTimeoutMs);
  return {
    get isGivenUp() {
      return limit.isGivenUp;
    },
    isIn: (text) => {
      regex.lastIndex = 0;
      if (mostSteps(source, text.length) <= fewSteps) return regex.test(text);
      return limit.run(() => regex.test(text))?.value ?? null;
    },
  };
}
