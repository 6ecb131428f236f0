import type { Judge } from '../contracts.ts';
import type { Price } from '../price.ts';
import type { Score, UnscoredRecord } from '../types.ts';
import type { Assertion } from './assertion.ts';
import type { BoundedRegex } from './bounded-regex.ts';
import { noPrice, turnCost } from './cost.ts';
import { holdsObject } from './embedded-json.ts';
import { judgeValid } from './json.ts';
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
}

/** What an assertion needs that is not there; null: nothing. */
export function missingFor(assertion: Assertion, { price, judge, regexOf }: AssertionMeans): string | null {
  if (assertion.type === 'javascript') return 'javascript: code in a dataset is not run yet';
  if (assertion.type === 'llm-rubric' && judge === null) return `llm-rubric: ${noJudge}`;
  if (assertion.type === 'cost' && price === null) return noPrice;
  const compiled = assertion.type === 'regex' ? regexOf(assertion.value) : null;
  return typeof compiled === 'string' ? `regex: ${compiled}` : null;
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
      return judgeValid(answer);
    case 'contains-json': {
      const isHeld = holdsObject(answer);
      return isHeld === null ? notScored('the answer opens too many objects to look at all') : hold(isHeld);
    }
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
          : '';
  return value === '' ? `${type}${threshold}` : `${type}${threshold}: ${shown(value)}`;
}
