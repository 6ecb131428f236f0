import type { Scorer, ScorerKind } from '../contracts.ts';
import { ConfigError } from '../errors.ts';
import { compilePath, type JsonPath } from '../json-path.ts';
import { isNestedTooDeep, mostNested } from '../nesting.ts';
import type { Json, Score } from '../types.ts';
import { type JsonArgument, parseJsonArgument } from './json-argument.ts';
import { jsonDifference, type Sameness } from './json-difference.ts';
import { compileSchema, type JsonSchema, schemaTimeoutMs } from './json-schema.ts';
import { answerOf, failed, notScored, passed, shown, shownJson } from './score.ts';
import { textInFile } from './text-in-file.ts';

export const json: ScorerKind = {
  judges: 'the answer is the expected JSON, in whatever order of its fields',
  argument:
    'valid (any JSON will do), schema=file.json, unordered (arrays too), a tolerance such as 0.01 or 1%, with commas between, and last path=$.a.b, the part that is meant',
  create: (argument, { cwd = '.' }) => {
    const asked = parseJsonArgument(argument, json.argument ?? '');
    const path = asked.path === null ? null : compiledPath(asked.path);
    const part: PartOf = path === null ? null : { path, text: asked.path ?? '' };
    if (asked.schemaFile !== null) {
      const schema = schemaIn(asked.schemaFile, cwd);
      return free((answer) => judgePart(answer, part, (value) => judgeSchema(value, schema)));
    }
    if (asked.isAny && part === null) return free(judgeValid);
    if (asked.isAny) return free((answer) => judgePart(answer, part, passed));
    return comparing(asked, part);
  },
};

const free = (judge: (answer: string) => Score): Scorer => ({
  needsExpected: false,
  score: (record) => judge(answerOf(record)),
});

function comparing(asked: JsonArgument, part: PartOf): Scorer {
  const expected = (value: Json) => expectationsOf(value, part !== null);
  return {
    needsExpected: true,
    fault: (example) => expected(example.expected).fault,
    score: (record) => {
      const { values, fault } = expected(record.expected);
      if (fault !== null) return notScored(fault);
      return judgePart(answerOf(record), part, (seen) => judgeSame(values, seen, asked));
    },
  };
}

/** @throws ConfigError */
function compiledPath(text: string): JsonPath {
  const path = compilePath(text);
  if (typeof path === 'string')
    throw new ConfigError(
      `json: expected a JSONPath such as $.a.b behind path=, got ${shown(text)}: ${path}`,
    );
  return path;
}

/** @throws ConfigError where the file is not there, or holds no schema. */
function schemaIn(file: string, cwd: string): JsonSchema {
  const text = textInFile(file, cwd);
  if (text === null)
    throw new ConfigError(`json: expected a file with a JSON Schema, found none at ${shown(file)}`);
  const parsed = parseJson(text);
  const schema = typeof parsed === 'string' ? parsed : compileSchema(parsed.value);
  if (typeof schema === 'string') throw new ConfigError(`json: ${file}: ${schema}`);
  return schema;
}

/** A part of the answer that is judged instead of all; null: all. */
type PartOf = { readonly path: JsonPath; readonly text: string } | null;

/** Judges the one value that the path names, or the list of several. */
function judgePart(answer: string, part: PartOf, judge: (value: Json) => Score): Score {
  const parsed = parseJson(unfenced(answer));
  if (typeof parsed === 'string') return failed(parsed);
  if (part === null) return judge(parsed.value);
  const values = part.path(parsed.value);
  if (values === null) return notScored(`the path ${part.text} took too long on ${answer.length} characters`);
  if (values.length === 0)
    return failed(`expected something at ${part.text}, saw nothing there in ${shown(answer)}`);
  const score = judge(values.length === 1 ? (values[0] ?? null) : values);
  return score.value === 1 || score.reason === null
    ? score
    : { value: score.value, reason: `at ${part.text}: ${score.reason}` };
}

export function judgeSchema(value: Json, schema: JsonSchema): Score {
  const misfit = schema.misfit(value);
  if (misfit.unknown)
    return notScored(
      `the schema took longer than ${schemaTimeoutMs} ms on ${shownJson(value)}: look at its patterns`,
    );
  return misfit.told === null ? passed() : failed(`${misfit.told}, saw ${shownJson(value)}`);
}

/** What may be expected: a text holds JSON, as a CSV's cell does; of a part it may also be the text itself. */
function expectationsOf(expected: Json, isPart: boolean): { values: readonly Json[]; fault: string | null } {
  if (typeof expected !== 'string') return { values: [expected], fault: null };
  const parsed = parseJson(expected);
  const texts = isPart ? [expected.trim()] : [];
  if (typeof parsed !== 'string') return { values: [parsed.value, ...texts], fault: null };
  return { values: texts, fault: isPart ? null : `json has nothing to compare with: ${parsed}` };
}

export function judgeValid(answer: string): Score {
  const parsed = parseJson(answer);
  return typeof parsed === 'string' ? failed(parsed) : passed();
}

/** As one of these; the difference told is that from the first. */
function judgeSame(values: readonly Json[], seen: Json, sameness: Sameness): Score {
  if (sameness.isUnordered && values.some(isTooMany)) return notScored(tooMany);
  const differences = values.map((value) => jsonDifference(value, seen, sameness));
  return differences.includes(null) ? passed() : failed(differences[0] ?? '');
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
export function parseJson(text: string): { readonly value: Json } | string {
  if (isNestedTooDeep(text))
    return `expected JSON, saw more than ${mostNested} objects and arrays within each other`;
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return `expected JSON, saw ${shown(text)}`;
  }
}
