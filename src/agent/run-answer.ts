/** What a 200 to a run-creating request says: values, an error, or nothing that can be read. Pure. */

import type { RequestError } from '../errors.ts';
import { isObject, parseJson } from '../json.ts';
import { isNestedTooDeep, mostNested } from '../nesting.ts';
import type { Failure, Json } from '../types.ts';
import { errorText, failure, unproven } from './failures.ts';
import type { Redactor } from './redact.ts';

/** An answer to a run-creating request: the values or the error it tells. Neither proves anything on a thread. */
export interface RunAnswer {
  /** Undefined: none came. */
  readonly values: Json | undefined;
  readonly error: Json | undefined;
  /** Of a stream: the text that came token by token. */
  readonly text: string | null;
  /** Of a stream: a value that came and cannot be read. */
  readonly unread?: string | null;
}

/** @throws RequestError where the body is no JSON, or not whole. */
export function readWait(body: string, redact: Redactor): RunAnswer {
  // Servers keep a connection awake by newlines before the value: all of them are JSON's own blanks.
  const parsed = parseJson(body);
  if (parsed === undefined) {
    const text = redact.text(body);
    throw redact.error(unreadable(text, 200), { partial: keptPart(text) });
  }
  const values = redact.json(parsed, body);
  const error = isObject(values) ? values['__error__'] : undefined;
  return error === undefined ? { values, error, text: null } : { values: undefined, error, text: null };
}

/** @throws RequestError where the stream ended without a value or an error. */
export function readStream(answer: RunAnswer, redact: Redactor): RunAnswer {
  if (answer.values !== undefined || answer.error !== undefined) return answer;
  const { unread = null, text } = answer;
  const none = failure('protocol', 'STREAM_NO_VALUE', 'the stream ended without a value or an error', ran);
  throw redact.error(unread === null ? none : unreadable(unread, 200), { partial: keptPart(text ?? unread) });
}

/** Something else came where an event stream was asked for. */
export function noStream(body: string, redact: Redactor): RequestError {
  const text = redact.text(body);
  const why =
    parseJson(text) === undefined
      ? unreadable(text, 200)
      : failure('protocol', 'UNEXPECTED_ANSWER', 'the answer is no event stream', ran);
  return redact.error(why, { partial: keptPart(text) });
}

/** The most that is kept of an answer that cannot be read, in characters. */
const mostPartLength = 1_000_000;

/** What came of an answer, as a record keeps it; null where that is nothing. */
export const keptPart = (text: string | null): string | null =>
  text === null || text.trim() === '' ? null : text.slice(0, mostPartLength);

const ran = { status: 200, ...unproven };

/** An answer that is no JSON: a web page, something else, JSON that was cut, or is nested too deep to be written again. */
export function unreadable(text: string, status: number): Failure {
  const facts = { ...ran, status };
  const start = text.trimStart();
  if (start === '') return failure('protocol', 'BODY_CUT_SHORT', 'the answer is empty', facts);
  if (start.startsWith('<'))
    return failure('protocol', 'HTML_ANSWER', `a web page came instead of an answer: ${title(start)}`, facts);
  if (isNestedTooDeep(start)) {
    const message = `the answer is JSON nested more than ${mostNested} deep`;
    return failure('protocol', 'ANSWER_TOO_DEEP', message, facts);
  }
  if (/^[[{"]/.test(start)) {
    const message = `the answer is no whole JSON: it ends or breaks within ${text.length} characters`;
    return failure('protocol', 'BODY_CUT_SHORT', message, facts);
  }
  return failure('protocol', 'NOT_JSON', `the answer is no JSON: ${errorText(start).slice(0, 80)}`, facts);
}

const title = (html: string) =>
  /<title[^>]*>([^<]{1,80})/i.exec(html)?.[1]?.trim() ?? 'is the URL an Agent Server’s?';
