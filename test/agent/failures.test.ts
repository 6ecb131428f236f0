import { describe, expect, it } from 'vitest';
import { HttpFault, type HttpPhase, type HttpReason } from '../../src/agent/exchange.ts';
import { errorText, faultFailure, statusFailure } from '../../src/agent/failures.ts';
import { retryAfterMs } from '../../src/retry-after.ts';

const now = new Date('2026-11-22T10:00:00Z');

describe('Retry-After', () => {
  it.for([
    ['7', 7_000],
    [' 7 ', 7_000],
    ['0', 0],
    ['1.5', 1_500],
    ['Sun, 22 Nov 2026 10:00:09 GMT', 9_000],
    ['Sunday, 22-Nov-26 10:00:09 GMT', 9_000],
    ['Sun Nov 22 10:00:09 2026 GMT', 9_000],
    ['Sun, 22 Nov 2026 09:59:00 GMT', 0],
    ['-1', null],
    ['soon', null],
    ['', null],
    ['1e3', null],
  ] as const)('of %j asks for %s ms', ([value, ms]) => {
    expect(retryAfterMs({ 'retry-after': value }, now)).toBe(ms);
  });

  it('counts once where it came twice, and not where it did not come', () => {
    expect(retryAfterMs({ 'retry-after': ['3', '9'] }, now)).toBe(3_000);
    expect(retryAfterMs({}, now)).toBeNull();
  });

  it('counts a date from the answer’s own, whatever our clock says', () => {
    const headers = { 'retry-after': 'Sun, 22 Nov 2026 10:00:30 GMT', date: 'Sun, 22 Nov 2026 10:00:00 GMT' };

    expect(retryAfterMs(headers, new Date('2026-11-22T09:00:00Z'))).toBe(30_000);
    expect(retryAfterMs(headers, new Date('2026-11-22T11:00:00Z'))).toBe(30_000);
    expect(retryAfterMs({ ...headers, date: 'no date' }, new Date('2026-11-22T09:59:00Z'))).toBe(90_000);
  });
});

describe('the text of an error body', () => {
  const zod = {
    success: false,
    error: {
      issues: [
        { path: ['input', 0], message: 'Required' },
        { path: [], message: 'bad' },
      ],
      name: 'ZodError',
    },
  };
  const pydantic = { detail: [{ loc: ['body', 'input'], msg: 'field required', type: 'missing' }] };

  it.for([
    ['plain text', 'Thread is busy', 'Thread is busy'],
    ['{"detail"}', '{"detail":"no such thread"}', 'no such thread'],
    ['{"message"}', '{"message":"no","detail":"other"}', 'no'],
    ['{"error": {"message"}}', '{"error":{"message":"no"}}', 'no'],
    ['Zod', JSON.stringify(zod), 'input.0: Required; : bad'],
    ['pydantic', JSON.stringify(pydantic), 'body.input: field required'],
    ['unknown JSON', '{"why":"no"}', '{"why":"no"}'],
    ['a web page', '<html><body>502</body></html>', 'a web page'],
    ['several lines', 'one\n  two\r\n', 'one two'],
    ['nothing', '', ''],
  ] as const)('is read of %s', ([, body, text]) => {
    expect(errorText(body)).toBe(text);
  });

  it('is not told at length', () => {
    expect(errorText('x'.repeat(1_000_000)).length).toBeLessThan(1_100);
  });
});

describe('a status', () => {
  it.for([
    [204, 'protocol', 'UNEXPECTED_ANSWER', true],
    [307, 'http', 'HTTP_REDIRECT', false],
    [400, 'invalid', 'HTTP_400', false],
    [401, 'auth', 'KEY_REFUSED', false],
    [402, 'http', 'HTTP_402', false],
    [403, 'auth', 'KEY_REFUSED', false],
    [404, 'not_found', 'HTTP_404', false],
    [413, 'invalid', 'HTTP_413', false],
    [422, 'invalid', 'HTTP_422', false],
    [429, 'http', 'HTTP_429', false],
    [500, 'http', 'HTTP_500', true],
    [599, 'http', 'HTTP_599', true],
  ] as const)('%i to a request that asks the agent is %s %s', ([status, kind, code, mayHaveRun]) => {
    const failure = statusFailure({ status, headers: {}, body: Buffer.alloc(0) }, '');

    expect(failure).toMatchObject({ kind, code, status, may_have_run: mayHaveRun, uncertain: mayHaveRun });
  });

  it('of a redirect tells where to, without its user', () => {
    const headers = { location: 'https://user:secret@elsewhere.example/x' };

    const { message } = statusFailure({ status: 302, headers, body: Buffer.alloc(0) }, '');

    expect(message).toContain('https://***@elsewhere.example/x');
  });
});

const faultOf = (reason: HttpReason, phase: HttpPhase, code?: string) =>
  new HttpFault(
    reason,
    { phase, status: phase === 'answering' ? 200 : null, partial: Buffer.from('ab') },
    code === undefined ? undefined : Object.assign(new Error('why'), { code }),
  );

describe('a request that brought no whole answer', () => {
  it.for([
    ['broken', 'ECONNREFUSED', 'connect', 'CONNECT_REFUSED'],
    ['broken', 'ENOTFOUND', 'connect', 'DNS_NOT_FOUND'],
    ['broken', 'EAI_AGAIN', 'connect', 'DNS_UNAVAILABLE'],
    ['broken', 'ETIMEDOUT', 'connect', 'CONNECT_TIMEOUT'],
    ['broken', 'UND_ERR_CONNECT_TIMEOUT', 'connect', 'CONNECT_TIMEOUT'],
    ['broken', 'EHOSTUNREACH', 'connect', 'CONNECT_FAILED'],
    ['broken', 'CERT_HAS_EXPIRED', 'connect', 'TLS_FAILED'],
    ['broken', 'ERR_TLS_CERT_ALTNAME_INVALID', 'connect', 'TLS_FAILED'],
    ['broken', 'SELF_SIGNED_CERT_IN_CHAIN', 'connect', 'TLS_FAILED'],
    ['broken', 'ERR_SSL_WRONG_VERSION_NUMBER', 'connect', 'TLS_FAILED'],
    ['idle', undefined, 'connect', 'CONNECT_TIMEOUT'],
    ['deadline', undefined, 'timeout', 'TIMEOUT'],
    ['aborted', undefined, 'cancelled', 'BATCH_ABORTED'],
  ] as const)(
    'and was not handed to a connection (%s, %s) cannot have run: %s %s',
    ([reason, cause, kind, code]) => {
      expect(faultFailure(faultOf(reason, 'connecting', cause))).toMatchObject({
        kind,
        code,
        may_have_run: false,
        uncertain: false,
      });
    },
  );

  it.for([
    ['broken', 'sent', 'ECONNRESET', 'reset', 'CONNECTION_RESET'],
    ['broken', 'answering', 'UND_ERR_SOCKET', 'reset', 'BODY_CUT_SHORT'],
    ['idle', 'sent', undefined, 'timeout', 'IDLE_TIMEOUT'],
    ['deadline', 'answering', undefined, 'timeout', 'TIMEOUT'],
    ['aborted', 'answering', undefined, 'cancelled', 'BATCH_ABORTED'],
    ['too_large', 'answering', undefined, 'protocol', 'ANSWER_TOO_LARGE'],
    ['undecodable', 'answering', 'Z_BUF_ERROR', 'protocol', 'BODY_CUT_SHORT'],
    ['undecodable', 'answering', 'Z_DATA_ERROR', 'protocol', 'UNEXPECTED_ANSWER'],
  ] as const)('and was sent (%s, %s, %s) may have run: %s %s', ([reason, phase, cause, kind, code]) => {
    expect(faultFailure(faultOf(reason, phase, cause))).toMatchObject({
      kind,
      code,
      may_have_run: true,
      uncertain: true,
    });
  });
});
