import { describe, expect, it } from 'vitest';
import { optionTable } from '../../src/options.ts';
import { adviceByCode, adviceFor } from '../../src/reports/advice.ts';
import { failureKinds } from '../../src/types.ts';

const codes = [
  ...['CONNECT_REFUSED', 'CONNECT_TIMEOUT', 'DNS_NOT_FOUND', 'DNS_UNAVAILABLE', 'TLS_FAILED'],
  ...['TIMEOUT', 'IDLE_TIMEOUT', 'CONNECTION_RESET', 'BODY_CUT_SHORT', 'LEFT_IN_FLIGHT'],
  ...['HTTP_429', 'HTTP_500', 'HTTP_502', 'HTTP_503', 'HTTP_504', 'HTTP_REDIRECT'],
  ...['NOT_JSON', 'HTML_ANSWER', 'NO_RESULT', 'STREAM_NO_VALUE', 'ANSWER_TOO_LARGE', 'ANSWER_TOO_DEEP'],
  ...[
    'AGENT_ERROR',
    'RECURSION_LIMIT',
    'INPUT_REFUSED',
    'RUN_TIMEOUT',
    'WAITS_FOR_HUMAN',
    'BREAKPOINT',
    'AUTH_REQUIRED',
  ],
  ...['RUN_CANCELLED', 'EARLIER_TURN', 'BATCH_ABORTED', 'KEY_REFUSED'],
  ...[
    'AGENT_NOT_FOUND',
    'EDITED_IN_FLIGHT',
    'RUN_GONE',
    'STATE_GONE',
    'THREAD_GONE',
    'HTTP_413',
    'ROW_UNREADABLE',
  ],
];

describe('advice', () => {
  it.each(codes)('on %s says more than its kind does', (code) => {
    for (const kind of failureKinds) {
      expect(adviceFor({ uncertain: false, kind, code })).not.toEqual(
        adviceFor({ uncertain: false, kind, code: 'NOBODY_KNOWS' }),
      );
    }
  });

  it.each(failureKinds)('on an unknown code is that of its kind, %s', (kind) => {
    const { meaning, cure } = adviceFor({ uncertain: false, kind, code: 'NOBODY_KNOWS' });

    expect(meaning).toMatch(/\.$/);
    expect(cure).toMatch(/\.$/);
  });

  it('takes no code for what every object has', () => {
    expect(adviceFor({ uncertain: false, kind: 'http', code: 'constructor' })).toEqual(
      adviceFor({ uncertain: false, kind: 'http', code: 'HTTP_418' }),
    );
  });

  it('names only options there are', () => {
    const flags = Object.values(optionTable).map(({ flag }) => flag);
    const advised = failureKinds.map((kind) => adviceFor({ uncertain: false, kind, code: '' }));
    const text = JSON.stringify([adviceByCode, advised]);

    const named = [...text.matchAll(/--([a-z-]+)/g)].map(([, flag]) => flag);

    expect(named.length).toBeGreaterThan(5);
    for (const flag of named) expect(flags).toContain(flag);
  });
});
