/** promptfoo's assertions as the cells of `__expected` columns hold them: `not-contains-any: a, b`, `levenshtein(5): text`. Pure. */

import { nearest } from '../nearest.ts';
import { assertionTypes, unsupportedTypes } from './assertion-types.ts';
import { commaValues } from './comma-values.ts';
import { shown } from './score.ts';

interface Negatable {
  /** With `not-` before it. */
  readonly isNegated: boolean;
}

/** One assertion: what is asked of an answer. */
export type Assertion = Negatable &
  (
    | { readonly type: 'equals' | 'contains' | 'icontains' | 'starts-with' | 'regex'; readonly value: string }
    | {
        readonly type: 'contains-all' | 'contains-any' | 'icontains-all' | 'icontains-any';
        readonly values: readonly string[];
      }
    /** `threshold`: how similar at least (0 to 1), or how many edits at most. */
    | { readonly type: 'similar' | 'levenshtein'; readonly value: string; readonly threshold: number }
    /** `threshold`: ms, or money, at most. */
    | { readonly type: 'latency' | 'cost'; readonly threshold: number }
    | { readonly type: 'is-json' | 'contains-json' }
    | { readonly type: 'javascript'; readonly code: string }
    /** `threshold`: the judge's score at least. */
    | { readonly type: 'llm-rubric'; readonly rubric: string; readonly threshold: number }
  );

/** What a cell asks, or why it cannot be asked. */
export type ParsedAssertion =
  | {
      readonly assertion: Assertion;
      /** It can be asked, but looks as if something else was meant. */
      readonly doubt: string | null;
    }
  | { readonly fault: string };

/** Of `llm-rubric` where it gives none. */
const rubricThreshold = 0.5;
/** Of `similar` where it gives none. */
const leastSimilar = 0.8;

/**
 * Reads one cell. What begins with no assertion's name is text that the answer is to equal.
 * @param threshold Of a column that gives it apart; it goes before the one in parentheses.
 */
export function parseAssertion(cell: string, threshold: number | null = null): ParsedAssertion {
  const text = cell.trim();
  const [, not, type, parenthesised, rest] = grammar.exec(text) ?? [];
  if (type === undefined) return equality(text);
  const isNegated = not !== undefined;
  const canonical = aliases.get(type) ?? type;
  const why = unsupportedTypes.get(canonical);
  if (why !== undefined)
    return { fault: `${shown(text)}: the assertion ${canonical} is not supported: ${why}` };
  const asked: Asked = {
    text,
    isNegated,
    type: canonical,
    value: rest?.trim() ?? '',
    threshold: threshold ?? (parenthesised === undefined ? null : Number(parenthesised)),
  };
  const made = make(asked);
  return typeof made === 'string'
    ? { fault: `${shown(text)}: ${made}` }
    : { assertion: made, doubt: template(text) };
}

interface Asked extends Negatable {
  readonly text: string;
  readonly type: string;
  readonly value: string;
  readonly threshold: number | null;
}

const aliases = new Map([
  ['fn', 'javascript'],
  ['eval', 'javascript'],
  ['grade', 'llm-rubric'],
]);

/** The longest name first: `contains-all` is no `contains`. */
const names = [...assertionTypes, ...aliases.keys(), ...unsupportedTypes.keys()].sort(
  (a, b) => b.length - a.length,
);
/** `javascript:`, `fn:` and the like need their colon; without it they are words. */
const grammar = new RegExp(String.raw`^(not-)?(${names.join('|')})(?:\((\d+(?:\.\d+)?)\))?(?::([\s\S]*))?$`);
const needColon: readonly string[] = ['javascript', 'llm-rubric'];

function make({ type, isNegated, value, threshold, text }: Asked): Assertion | string {
  if (needColon.includes(type) && !text.includes(':'))
    return { type: 'equals', value: text, isNegated: false };
  switch (type) {
    case 'equals':
      return { type, value, isNegated };
    case 'contains':
    case 'icontains':
    case 'starts-with':
    case 'regex':
      return value === '' ? `expected something behind "${type}:", saw nothing` : { type, value, isNegated };
    case 'contains-all':
    case 'contains-any':
    case 'icontains-all':
    case 'icontains-any':
      return listed(type, value, isNegated);
    case 'similar':
      return similarity(value, threshold ?? leastSimilar, isNegated);
    case 'levenshtein':
      return threshold === null
        ? 'expected how many edits there may be, such as levenshtein(5):, saw no number'
        : { type, value, threshold, isNegated };
    case 'latency':
    case 'cost':
      return threshold === null
        ? `expected a limit in parentheses, such as ${type === 'cost' ? 'cost(0.01)' : 'latency(5000) for 5 s'}, saw none`
        : { type, threshold, isNegated };
    case 'is-json':
    case 'contains-json':
      return value === '' ? { type, isNegated } : `a schema behind "${type}:" is not supported yet`;
    case 'llm-rubric':
      return rubricOf(value, threshold ?? rubricThreshold, isNegated);
    default:
      return value === ''
        ? 'expected code behind the colon, saw none'
        : { type: 'javascript', code: value, isNegated };
  }
}

type ListType = 'contains-all' | 'contains-any' | 'icontains-all' | 'icontains-any';

function listed(type: ListType, value: string, isNegated: boolean): Assertion | string {
  const values = commaValues(value);
  if (values === null)
    return 'expected texts with commas between, those with a comma in quotes, saw a quote without its end';
  if (values.length === 0) return `expected texts with commas between behind "${type}:", saw nothing`;
  return { type, values, isNegated };
}

function similarity(value: string, threshold: number, isNegated: boolean): Assertion | string {
  if (value === '') return 'expected a text behind "similar:", saw nothing';
  if (threshold > 1) return `expected a similarity up to 1, saw ${threshold}`;
  return { type: 'similar', value, threshold, isNegated };
}

/** promptfoo fills these in. */
const template = (text: string): string | null =>
  /\{\{[^}]*\}\}/.test(text) ? `${shown(text)}: {{…}} stands for itself, no column is filled in` : null;

function rubricOf(rubric: string, threshold: number, isNegated: boolean): Assertion | string {
  if (rubric === '') return 'expected what to grade by, saw nothing';
  if (threshold > 1) return `expected a score up to 1, saw ${threshold}`;
  return { type: 'llm-rubric', rubric, threshold, isNegated };
}

/** A word and a colon that is nearly an assertion's name is more likely one mistyped. */
function equality(text: string): ParsedAssertion {
  const unknown = fileFault(text);
  if (unknown !== null) return { fault: unknown };
  const [, word] = /^([a-z][a-z-]{2,30})(?:\([\d.]+\))?:/i.exec(text) ?? [];
  const bare = word?.replace(/^not-/, '') ?? '';
  const meant = word === undefined ? null : nearest(bare, assertionTypes);
  return {
    assertion: { type: 'equals', value: text, isNegated: false },
    doubt:
      meant === null
        ? template(text)
        : `${shown(text)} is taken as text that the answer is to equal: did you mean "${word === bare ? '' : 'not-'}${meant}:"?`,
  };
}

const fileFault = (text: string): string | null =>
  text.startsWith('file://') ? `${shown(text)}: code in a file is not supported` : null;
