/** How much work a backtracking search may take, seen from the expression alone. Pure. */

/**
 * Steps that a search for this expression takes at most in a text of this length, as far as it can be told cheaply;
 * Infinity where it cannot: where a group is repeated, or what it captured is asked for again.
 *
 * A search tries each way through the expression from each place. Without a repeated group every quantifier multiplies
 * the ways by as many as it can count, and every `|` at most doubles them: their product is an upper bound.
 * @param source Of an expression that compiles.
 */
export function mostSteps(source: string, length: number): number {
  const plain = source.replace(escapeOrClass, oneCharacter).replace(/\(\?<?[:=!]/g, '(');
  if (plain.includes(backReference)) return Number.POSITIVE_INFINITY;
  if (/\)(?:[*+]|\{)/.test(plain)) return Number.POSITIVE_INFINITY;
  let ways = 1;
  for (const [quantifier] of plain.matchAll(/[*+]|\{\d+(?:,\d*)?\}|\?/g)) ways *= counts(quantifier, length);
  ways *= 2 ** (plain.split('|').length - 1);
  return (length + 1) * ways * (plain.length + 1);
}

function counts(quantifier: string, length: number): number {
  if (quantifier === '?') return 2;
  const [, least, comma, most] = /^\{(\d+)(,?)(\d*)\}$/.exec(quantifier) ?? [];
  if (least === undefined) return length + 1;
  // A fixed count is one way, but takes its own steps.
  if (comma === '') return Number(least) + 1;
  return (most === '' ? length : Number(most)) + 1;
}

const escapeOrClass = /\\(?:[pPu]\{(?<braced>[^}]*)\}|(?<back>k<|[1-9])|.)|\[(?:\\.|[^\]\\])*\]/gs;
const backReference = '\u0001';

/** An escape or a class is one character. Without the flag u, what `\p` or `\u` has in braces may be how often it comes. */
function oneCharacter(...match: unknown[]): string {
  const { braced, back } = match.at(-1) as { braced?: string; back?: string };
  if (back !== undefined) return backReference;
  return braced !== undefined && /^[\d,]+$/.test(braced) ? `x{${braced}}` : 'x';
}
