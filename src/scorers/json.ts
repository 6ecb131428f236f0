import type { ScorerKind } from '../contracts.ts';
import { ConfigError } from '../errors.ts';
import { isNestedTooDeep, mostNested } from '../nesting.ts';
import type { Json, Score } from '../types.ts';
import { noTolerance, toleranceOf } from './decimal.ts';
import { jsonDifference, type Sameness } from './json-difference.ts';
import { answerOf, failed, notScored, passed, shown } from './score.ts';

interface Asked extends Sameness {
  /** Is any JSON good? */
  readonly isAny: boolean;
}

export const json: ScorerKind = {
  judges: 'the answer is the expected JSON, in whatever order of its fields',
  argument:
    'valid (any JSON will do), unordered (arrays too), a tolerance such as 0.01 or 1%, with commas between',
  create: (argument) => {
    const asked = askedBy(argument);
    if (asked.isAny) return { needsExpected: false, score: (record) => judgeValid(answerOf(record)) };
    return {
      needsExpected: true,
      fault: ({ expected }) => expectationOf(expected).fault,
      score: (record) => {
        const { value, fault } = expectationOf(record.expected);
        return fault === null ? judgeSame(value, answerOf(record), asked) : notScored(fault);
      },
    };
  },
};

function askedBy(argument: string | null): Asked {
  const parts = argument === null ? [] : argument.split(',').map((part) => part.trim());
  const tolerances = parts.filter((part) => part !== 'valid' && part !== 'unordered');
  const tolerance = tolerances[0] === undefined ? noTolerance : toleranceOf(tolerances[0]);
  const isAny = parts.includes('valid');
  if (tolerance === null || tolerances.length > 1 || (isAny && parts.length > 1)) {
    throw new ConfigError(`json: expected ${json.argument}, got ${shown(argument ?? '')}`);
  }
  return { isAny, isUnordered: parts.includes('unordered'), tolerance };
}

/** What is expected: a text holds JSON, as a CSV's cell does. */
function expectationOf(expected: Json): { value: Json; fault: string | null } {
  if (typeof expected !== 'string') return { value: expected, fault: null };
  const parsed = parseJson(expected);
  if (typeof parsed !== 'string') return { value: parsed.value, fault: null };
  return { value: null, fault: `json has nothing to compare with: ${parsed}` };
}

export function judgeValid(answer: string): Score {
  const parsed = parseJson(answer);
  return typeof parsed === 'string' ? failed(parsed) : passed();
}

function judgeSame(expected: Json, answer: string, sameness: Sameness): Score {
  const parsed = parseJson(unfenced(answer));
  if (typeof parsed === 'string') return failed(parsed);
  if (sameness.isUnordered && isTooMany(expected)) return notScored(tooMany);
  const difference = jsonDifference(expected, parsed.value, sameness);
  return difference === null ? passed() : failed(difference);
}

/** Which goes with which takes time by the square of the items, and for each pair that of what it holds. */
const mostItems = 500;
const tooMany = `json: expected at most ${mostItems} values where arrays may be in any order, saw more`;

function isTooMany(expected: Json): boolean {
  const waiting = [expected];
  for (const value of waiting) {
    if (typeof value !== 'object' || value === null) continue;
    for (const held of Object.values(value)) waiting.push(held);
    if (waiting.length > mostItems) return true;
  }
  return false;
}

/** Models put JSON between fences; what stands there alone is the answer. */
function unfenced(answer: string): string {
  const text = answer.trim();
  const firstLineEnd = text.indexOf('\n');
  const isFenced = text.startsWith('```') && text.endsWith('```') && firstLineEnd !== -1;
  return isFenced ? text.slice(firstLineEnd, -3) : answer;
}

/** What a text holds, or why it is no JSON. */
function parseJson(text: string): { readonly value: Json } | string {
  if (isNestedTooDeep(text))
    return `expected JSON, saw more than ${mostNested} objects and arrays within each other`;
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return `expected JSON, saw ${shown(text)}`;
  }
}
