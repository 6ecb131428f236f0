/** Regular expressions of a dataset over arguments of a model: neither may keep the batch waiting. */

import { createContext, Script } from 'node:vm';

/** A search that takes longer found nothing, ms. */
export const searchTimeoutMs = 100;

const search = new Script('regex.test(text)');
const context = createContext({ regex: null, text: '' });

/** Null where it is no regular expression, or has other flags than `i`, `m`, `s` and `u`. */
export function patternOf(source: unknown, flags: unknown): RegExp | null {
  if (typeof source !== 'string' || typeof flags !== 'string' || !/^[imsu]*$/.test(flags)) return null;
  try {
    return new RegExp(source, flags);
  } catch {
    return null;
  }
}

/** Is there a match somewhere in the text, found in time? V8 ends a search in the midst of its backtracking. */
export function isFoundIn(pattern: RegExp, text: string): boolean {
  context['regex'] = pattern;
  context['text'] = text;
  try {
    return search.runInContext(context, { timeout: searchTimeoutMs }) === true;
  } catch (error) {
    // Not `instanceof`: the error may be of the context's own kind.
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw error;
  }
}
