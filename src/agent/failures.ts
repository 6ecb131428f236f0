/** What a broken request or a refusing answer means, as a `Failure`. Pure. Codes are listed in docs/guide/failures.md. */

import { isObject, parseJson } from '../json.ts';
import type { Failure, FailureKind, Json } from '../types.ts';
import type { HttpAnswer, HttpFault } from './exchange.ts';

export function failure(
  kind: FailureKind,
  code: string,
  message: string,
  facts: { status?: number | null; mayHaveRun?: boolean; uncertain?: boolean } = {},
): Failure {
  const { status = null, mayHaveRun = false, uncertain = false } = facts;
  return { kind, code, message, status, may_have_run: mayHaveRun, uncertain };
}

/** The batch gave it up before it was sent. */
export const aborted = failure('cancelled', 'BATCH_ABORTED', 'given up before it was sent');

const connectCodes: Record<string, readonly [code: string, meaning: string]> = {
  ECONNREFUSED: ['CONNECT_REFUSED', 'nothing listens there'],
  ENOTFOUND: ['DNS_NOT_FOUND', 'the host name is not known'],
  EAI_AGAIN: ['DNS_UNAVAILABLE', 'the host name could not be looked up just now'],
  ETIMEDOUT: ['CONNECT_TIMEOUT', 'no connection in time'],
  UND_ERR_CONNECT_TIMEOUT: ['CONNECT_TIMEOUT', 'no connection in time'],
};

const isTls = (code: string) =>
  /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|UNABLE_TO|SELF_SIGNED|HOSTNAME_MISMATCH|EPROTO)/.test(code);

/** What a request that brought no whole answer means. A request not handed to a connection cannot have run. */
export function faultFailure(fault: HttpFault): Failure {
  const why = fault.causeCode || fault.message;
  if (fault.phase === 'connecting') {
    if (fault.reason === 'aborted') return aborted;
    if (fault.reason === 'deadline') return failure('timeout', 'TIMEOUT', 'not sent within --timeout');
    if (fault.reason === 'idle')
      return failure('connect', 'CONNECT_TIMEOUT', 'no connection within --connect-timeout');
    const known = connectCodes[fault.causeCode];
    if (known !== undefined) return failure('connect', known[0], `${known[1]} (${why})`);
    return isTls(fault.causeCode)
      ? failure('connect', 'TLS_FAILED', `the server's certificate or TLS was refused (${why})`)
      : failure('connect', 'CONNECT_FAILED', `no connection (${why})`);
  }
  const facts = { status: fault.status, ...unproven };
  const came = fault.partial.length > 0 ? ` after ${fault.partial.length} bytes` : '';
  switch (fault.reason) {
    case 'aborted':
    case 'unsure': // only ever held back before it was sent
      return failure('cancelled', 'BATCH_ABORTED', 'given up while it ran', facts);
    case 'deadline':
      return failure('timeout', 'TIMEOUT', 'no whole answer within --timeout', facts);
    case 'idle':
      return failure('timeout', 'IDLE_TIMEOUT', `no byte for as long as --idle-timeout${came}`, facts);
    case 'too_large':
      return failure('protocol', 'ANSWER_TOO_LARGE', `the answer is larger than --max-answer${came}`, facts);
    case 'undecodable':
      return fault.causeCode === 'Z_BUF_ERROR'
        ? failure('protocol', 'BODY_CUT_SHORT', `the encoded answer ends in its middle${came}`, facts)
        : failure('protocol', 'UNEXPECTED_ANSWER', `the answer's encoding cannot be read (${why})`, facts);
    case 'broken':
      return fault.phase === 'answering'
        ? failure('reset', 'BODY_CUT_SHORT', `the connection broke in mid-answer${came} (${why})`, facts)
        : failure('reset', 'CONNECTION_RESET', `the connection broke before an answer (${why})`, facts);
  }
}

/** What an answer other than 200 means for a request that creates a run. `text` is its body, without secrets. */
export function statusFailure(answer: HttpAnswer, text: string): Failure {
  const { status } = answer;
  const code = `HTTP_${status}`;
  const said = errorText(text) || `HTTP ${status}`;
  if (status < 300)
    return failure('protocol', 'UNEXPECTED_ANSWER', `expected HTTP 200, got ${status}`, {
      status,
      ...unproven,
    });
  if (status >= 300 && status < 400) {
    const to = String(answer.headers['location'] ?? 'nowhere');
    return failure(
      'http',
      'HTTP_REDIRECT',
      `the server redirects to ${withoutUser(to)}: set the URL to where the Agent Server is`,
      { status },
    );
  }
  if (status === 401 || status === 403)
    return failure('auth', 'KEY_REFUSED', `the key was refused: ${said}`, { status });
  if (status === 400 || status === 413 || status === 422) return failure('invalid', code, said, { status });
  if (status === 404) return failure('not_found', code, said, { status });
  // Above 500 somebody may have run it and lost the answer; a 4xx is the server's own refusal.
  return failure('http', code, said, { status, mayHaveRun: status >= 500, uncertain: status >= 500 });
}

/** The agent may have run, and nobody knows how it ended. */
export const unproven = { mayHaveRun: true, uncertain: true } as const;

/** The same failure where nothing can have run: of a request that runs nothing, or of one that was fenced off. */
export const harmless = (given: Failure): Failure => ({ ...given, may_have_run: false, uncertain: false });

/** The text of an error body, local (text, Zod) or deployed (`{"detail"}`), on one line and not too long. */
export function errorText(text: string): string {
  const parsed = parseJson(text);
  const said = isObject(parsed) ? textOf(parsed) : text;
  return oneLine(/^\s*</.test(said) ? 'a web page' : said);
}

/** On one line, and not too long. */
export function oneLine(text: string): string {
  const flat = text.slice(0, 5_000).replace(/\s+/g, ' ').trim();
  return flat.length > 1_000 ? `${flat.slice(0, 1_000)}…` : flat;
}

function textOf(body: { [key: string]: Json }): string {
  for (const key of ['message', 'detail', 'error'] as const) {
    const value = body[key];
    if (typeof value === 'string' && value !== '') return value;
    if (Array.isArray(value)) return value.map((item) => issueText(item)).join('; ');
    if (isObject(value))
      return Array.isArray(value['issues']) ? value['issues'].map(issueText).join('; ') : textOf(value);
  }
  return JSON.stringify(body);
}

/** One complaint of a validator: Zod's `{path, message}` or pydantic's `{loc, msg}`. */
function issueText(issue: Json): string {
  if (!isObject(issue)) return String(issue);
  const path = issue['path'] ?? issue['loc'];
  const message = issue['message'] ?? issue['msg'] ?? JSON.stringify(issue);
  return Array.isArray(path) ? `${path.join('.')}: ${String(message)}` : String(message);
}

const withoutUser = (url: string) => url.replace(/\/\/[^/@]*@/, '//***@');
