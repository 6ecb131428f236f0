import type { Judge } from '../contracts.ts';
import type { Price } from '../price.ts';
import type { Score, UnscoredRecord } from '../types.ts';
import type { Assertion } from './assertion.ts';
import type { BoundedRegex } from './bounded-regex.ts';
import { type Code, codeTimeoutMs } from './code.ts';
import { noPrice, turnCost } from './cost.ts';
import { holdsObject } from './embedded-json.ts';
import { judgeSchema, parseJson } from './json.ts';
import type { JsonSchema } from './json-schema.ts';
import { noJudge } from './judge.ts';
import { judgeRubric } from './judge-rubric.ts';
import { latencyMsOf, writeMs } from './latency.ts';
import { judgeRegex } from './regex.ts';
import { answerOf, failed, notScored, passed, passedIf, shown, shownList } from './score.ts';
import { editsBetween, similarityOf, tooLong } from './similar.ts';

/** What assertions are judged with. */
export interface AssertionMeans {
  readonly price: Price | null;
  readonly judge: Judge | null;
  readonly regexOf: (source: string) => BoundedRegex | string;
  /** As a cell has it, or `file://…`. */
  readonly schemaOf: (text: string) => JsonSchema | string;
  /** Null: code is not to be run. */
  readonly codeOf: ((code: string) => Code | string) | null;
}

/** What an assertion needs that is not there; null: nothing. */
export function missingFor(assertion: Assertion, means: AssertionMeans): string | null {
  const { price, judge, regexOf, schemaOf, codeOf } = means;
  if (assertion.type === 'javascript' && codeOf === null)
    return 'javascript: code in a dataset is run only with --allow-code';
  if (assertion.type === 'llm-rubric' && judge === null) return `llm-rubric: ${noJudge}`;
  if (assertion.type === 'cost' && price === null) return noPrice;
  const compiled = assertion.type === 'regex' ? regexOf(assertion.value) : null;
  const hasSchema = 'schema' in assertion && assertion.schema !== null;
  const schema = hasSchema ? schemaOf(assertion.schema) : null;
  const code = assertion.type === 'javascript' ? codeOf?.(assertion.code) : null;
  const fault = [compiled, schema, code].find((each) => typeof each === 'string');
  return fault === undefined ? null : `${assertion.type}: ${fault}`;
}

/** 1 where it holds, 0 where it does not. The answer is taken as it is, blanks and all, as promptfoo does. */
export function judgeAssertion(
  assertion: Assertion,
  record: UnscoredRecord,
  means: AssertionMeans,
): Score | Promise<Score> {
  const missing = missingFor(assertion, means);
  if (missing !== null) return notScored(missing);
  if (assertion.type === 'llm-rubric' && means.judge !== null)
    return judgeRubric(assertion, record, means.judge).then((score) => negated(score, assertion, record));
  if (assertion.type === 'javascript') return judgeCode(assertion, record, means);
  return negated(judgePlain(assertion, record, means), assertion, record);
}

/** The other way round, where that is asked. */
function negated(plain: Score, assertion: Assertion, record: UnscoredRecord): Score {
  if (!assertion.isNegated || plain.value === null) return plain;
  const { judge } = plain;
  const score =
    plain.value === 1
      ? failed(`expected not what ${described(assertion)} asks, saw ${shown(answerOf(record))}`)
      : passed();
  return judge === undefined ? score : { ...score, judge };
}

function judgePlain(assertion: Assertion, record: UnscoredRecord, means: AssertionMeans): Score {
  const answer = answerOf(record);
  const hold = (isHeld: boolean) =>
    passedIf(isHeld, () => `expected ${described(assertion)}, saw ${shown(answer)}`);
  switch (assertion.type) {
    case 'equals':
      return hold(answer === assertion.value);
    case 'contains':
      return hold(answer.includes(assertion.value));
    case 'icontains':
      return hold(answer.toLowerCase().includes(assertion.value.toLowerCase()));
    case 'starts-with':
      return hold(answer.startsWith(assertion.value));
    case 'contains-all':
    case 'icontains-all':
      return judgeAll(answer, assertion.values, assertion.type === 'icontains-all');
    case 'contains-any':
    case 'icontains-any':
      return hold(
        assertion.values.some((value) => isPart(answer, value, assertion.type === 'icontains-any')),
      );
    case 'is-json':
    case 'contains-json':
      return judgeJson(assertion, answer, means);
    case 'regex': {
      const compiled = means.regexOf(assertion.value);
      return typeof compiled === 'string'
        ? notScored(compiled)
        : judgeRegex(answer, compiled, assertion.value);
    }
    default:
      return judgeAmount(assertion, record, means);
  }
}

/** What throws does not hold, whether it is negated or not, as in promptfoo: `JSON.parse(output)` of an answer that is no JSON. */
function judgeCode(
  { code, threshold, isNegated }: Extract<Assertion, { readonly type: 'javascript' }>,
  record: UnscoredRecord,
  { codeOf }: AssertionMeans,
): Score {
  const run = codeOf?.(code);
  if (run === undefined || typeof run === 'string') return notScored(run ?? 'javascript: not run');
  const ran = run(record);
  if (ran.is === 'unknown')
    return notScored(`the code did not come to an end within ${codeTimeoutMs} ms: ${shown(code)}`);
  if (ran.is === 'wrong') return failed(`the code ${shown(code)} failed: ${ran.told}`);
  const isHeld =
    ran.is === 'answer' ? ran.pass : threshold === null ? ran.number > 0 : ran.number >= threshold;
  const why = ran.is === 'answer' ? ran.reason : String(ran.number);
  return passedIf(
    isHeld !== isNegated,
    () =>
      `the code ${shown(code)} said ${isHeld}${why === null ? '' : `: ${why}`} of ${shown(answerOf(record))}`,
  );
}

function judgeJson(
  assertion: Extract<Assertion, { readonly type: 'is-json' | 'contains-json' }>,
  answer: string,
  { schemaOf }: AssertionMeans,
): Score {
  const schema = assertion.schema === null ? null : schemaOf(assertion.schema);
  if (typeof schema === 'string') return notScored(schema);
  if (assertion.type === 'is-json') {
    const parsed = parseJson(answer);
    if (typeof parsed === 'string') return failed(parsed);
    return schema === null ? passed() : judgeSchema(parsed.value, schema);
  }
  const isHeld = holdsObject(answer, (object) => {
    const misfit = schema?.misfit(object) ?? { unknown: false, told: null };
    return misfit.unknown ? null : misfit.told === null;
  });
  if (isHeld === null) return notScored('the answer holds too much to look at all in a sensible time');
  return passedIf(isHeld, () => `expected ${described(assertion)}, saw ${shown(answer)}`);
}

function judgeAmount(assertion: Assertion, record: UnscoredRecord, { price }: AssertionMeans): Score {
  const answer = answerOf(record);
  switch (assertion.type) {
    case 'similar': {
      const similarity = similarityOf(answer, assertion.value);
      if (similarity === null) return notScored(tooLong(answer, assertion.value));
      const reason = () =>
        `expected ${described(assertion)}, saw ${similarity.toFixed(3)} of ${shown(answer)}`;
      return passedIf(similarity >= assertion.threshold, reason);
    }
    case 'levenshtein': {
      const edits = editsBetween(answer, assertion.value);
      if (edits === null) return notScored(tooLong(answer, assertion.value));
      return passedIf(
        edits <= assertion.threshold,
        () => `expected ${described(assertion)}, saw ${edits} edits of ${shown(answer)}`,
      );
    }
    case 'latency':
      return within(latencyMsOf(record), assertion.threshold, writeMs);
    case 'cost':
      return within(price === null ? noPrice : turnCost(record, price), assertion.threshold, String);
    default:
      return notScored(`${assertion.type} is not judged here`);
  }
}

function judgeAll(answer: string, values: readonly string[], isAnyCase: boolean): Score {
  const missing = values.filter((value) => !isPart(answer, value, isAnyCase));
  return passedIf(
    missing.length === 0,
    () => `expected ${shownList(missing)} too in the answer, saw ${shown(answer)}`,
  );
}

const isPart = (answer: string, value: string, isAnyCase: boolean): boolean =>
  isAnyCase ? answer.toLowerCase().includes(value.toLowerCase()) : answer.includes(value);

const within = (amount: number | string, most: number, write: (amount: number) => string): Score =>
  typeof amount === 'string'
    ? notScored(amount)
    : passedIf(amount <= most, () => `expected at most ${write(most)}, saw ${write(amount)}`);

/** As a cell says it, shortened. */
function described(assertion: Assertion): string {
  const { type } = assertion;
  const threshold = 'threshold' in assertion ? `(${assertion.threshold})` : '';
  const value =
    'rubric' in assertion
      ? assertion.rubric
      : 'value' in assertion
        ? assertion.value
        : 'values' in assertion
          ? assertion.values.join(', ')
          : 'schema' in assertion
            ? (assertion.schema ?? '')
            : '';
  return value === '' ? `${type}${threshold}` : `${type}${threshold}: ${shown(value)}`;
}
