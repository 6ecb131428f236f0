/** Regular expressions that cannot take forever, whatever the expression and the answer. */

import { createContext, Script } from 'node:vm';
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
/** After so many the rest of a batch is not kept waiting. */
export const mostTimeouts = 10;

/**
 * Where the steps are known to be few the search is made as it is. Else V8 is told to end it after a time, which it
 * can in the midst of backtracking, on this thread: no worker, no text handed across.
 * @throws SyntaxError Where it is no regular expression.
 */
export function boundedRegex(source: string, flags = ''): BoundedRegex {
  const regex = new RegExp(source, flags);
  let timeouts = 0;
  return {
    get isGivenUp() {
      return timeouts >= mostTimeouts;
    },
    isIn: (text) => {
      regex.lastIndex = 0;
      if (mostSteps(source, text.length) <= fewSteps) return regex.test(text);
      if (timeouts >= mostTimeouts) return null;
      const isFound = searchInTime(regex, text);
      if (isFound === null) timeouts += 1;
      return isFound;
    },
  };
}

const search = new Script('regex.test(text)');
let context: { regex: RegExp | null; text: string } | null = null;

function searchInTime(regex: RegExp, text: string): boolean | null {
  context ??= createContext({ regex: null, text: '' }) as { regex: RegExp | null; text: string };
  context.regex = regex;
  context.text = text;
  try {
    return search.runInContext(context, { timeout: searchTimeoutMs }) as boolean;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return null;
    throw error;
  } finally {
    context.regex = null;
    context.text = '';
  }
}
