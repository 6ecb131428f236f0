import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { againOf, agentRetryDelayMs, retryDelayMs } from '../src/retry.ts';
import type { Delivery, Failure, FailureKind } from '../src/types.ts';
import { madeFailure, madeRecord } from './reports/made-records.ts';

const failureOf = (kind: FailureKind, code: string, mayHaveRun: boolean): Failure => ({
  kind,
  code,
  message: '',
  status: Number(/^HTTP_(\d+)$/.exec(code)?.[1] ?? 0) || null,
  may_have_run: mayHaveRun,
  uncertain: mayHaveRun,
});

const deliveries = ['at-least-once', 'at-most-once', 'exactly-once'] as const;
const once = { tries: 1, retryAfterMs: null };

const isTriedAgain = (failure: Failure, delivery: Delivery) =>
  retryDelayMs({ failure, ...once }, { retries: 1, delivery, retryAgent: 'none' }, 0.5) !== null;

describe('another try', () => {
  const passing: [FailureKind, string][] = [
    ['connect', 'CONNECT_REFUSED'],
    ['connect', 'DNS_NOT_FOUND'],
    ['connect', 'TLS_FAILED'],
    ['reset', 'CONNECTION_RESET'],
    ['reset', 'BODY_CUT_SHORT'],
    ['timeout', 'IDLE_TIMEOUT'],
    ['protocol', 'NOT_JSON'],
    ['http', 'HTTP_408'],
    ['http', 'HTTP_409'],
    ['http', 'HTTP_425'],
    ['http', 'HTTP_429'],
    ['http', 'HTTP_500'],
    ['http', 'HTTP_502'],
    ['http', 'HTTP_503'],
    ['http', 'HTTP_504'],
  ];
  const lasting: [FailureKind, string][] = [
    ['timeout', 'TIMEOUT'],
    ['protocol', 'ANSWER_TOO_LARGE'],
    ['protocol', 'ANSWER_TOO_DEEP'],
    ['http', 'HTTP_405'],
    ['http', 'HTTP_REDIRECT'],
    ['invalid', 'HTTP_400'],
    ['invalid', 'HTTP_413'],
    ['invalid', 'HTTP_422'],
    ['auth', 'KEY_REFUSED'],
    ['not_found', 'HTTP_404'],
    ['not_found', 'AGENT_NOT_FOUND'],
    ['agent', 'AGENT_ERROR'],
    ['cancelled', 'BATCH_ABORTED'],
  ];

  it.for(passing)('is made after %s %s that cannot have run, under every delivery', ([kind, code]) => {
    const failure = failureOf(kind, code, false);

    expect(deliveries.map((delivery) => isTriedAgain(failure, delivery))).toEqual([true, true, true]);
  });

  it.for(passing)('is made after %s %s that may have run, but not under at-most-once', ([kind, code]) => {
    const failure = failureOf(kind, code, true);

    expect(deliveries.map((delivery) => isTriedAgain(failure, delivery))).toEqual([true, false, true]);
  });

  it.for(lasting)('is not made after %s %s', ([kind, code]) => {
    const tries = [true, false].flatMap((mayHaveRun) =>
      deliveries.map((delivery) => isTriedAgain(failureOf(kind, code, mayHaveRun), delivery)),
    );

    expect(tries).not.toContain(true);
  });

  it('is made as often as --retries says', () => {
    const failure = failureOf('connect', 'CONNECT_REFUSED', false);
    const delays = [1, 2, 3].map((attempt) =>
      retryDelayMs(
        { failure, tries: attempt, retryAfterMs: null },
        { retries: 2, delivery: 'exactly-once', retryAgent: 'none' },
        0.5,
      ),
    );

    expect(delays.map((delay) => delay !== null)).toEqual([true, true, false]);
  });
});

describe('the wait before another try', () => {
  const failure = failureOf('http', 'HTTP_429', false);
  const options = { retries: 100, delivery: 'exactly-once', retryAgent: 'none' } as const;
  const attempts = fc.integer({ min: 1, max: 100 });
  const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  it.for([
    [1, 500],
    [2, 1_000],
    [3, 2_000],
    [6, 16_000],
    [7, 30_000],
    [50, 30_000],
  ] as const)('after try %i is anything below %i ms', ([attempt, mostMs]) => {
    const delayOf = (random: number) =>
      retryDelayMs({ failure, tries: attempt, retryAfterMs: null }, options, random);

    expect([delayOf(0), delayOf(0.5), delayOf(1)]).toEqual([0, mostMs / 2, mostMs]);
  });

  it('has full jitter: between nothing and twice the one before, 30 s at the most', () => {
    fc.assert(
      fc.property(attempts, chances, (attempt, random) => {
        const delayMs = retryDelayMs({ failure, tries: attempt, retryAfterMs: null }, options, random) ?? -1;

        expect(delayMs).toBeGreaterThanOrEqual(0);
        expect(delayMs).toBeLessThanOrEqual(Math.min(30_000, 500 * 2 ** (attempt - 1)));
      }),
    );
  });

  it('is never shorter than the server asks, and hardly longer unless the back-off is', () => {
    fc.assert(
      fc.property(attempts, chances, fc.nat(10_000_000), (attempt, random, retryAfterMs) => {
        const delayMs = retryDelayMs({ failure, tries: attempt, retryAfterMs }, options, random) ?? -1;

        expect(delayMs).toBeGreaterThanOrEqual(retryAfterMs);
        expect(delayMs).toBeLessThanOrEqual(Math.max(retryAfterMs + 250, 30_000));
      }),
    );
  });
});

describe('an agent that failed', () => {
  const threw = failureOf('agent', 'AGENT_ERROR', true);
  const options = { retries: 2, delivery: 'at-most-once', retryAgent: 'fresh' } as const;
  const delayMs = (failure: Failure, tries: number, changed: object = {}) =>
    agentRetryDelayMs({ failure, tries }, { ...options, ...changed }, 0.5);

  it('is asked once more where that is wanted, as often as --retries says, whatever the delivery', () => {
    expect([1, 2, 3].map((tries) => delayMs(threw, tries))).toEqual([250, 500, null]);
    expect(delayMs(threw, 1, { retryAgent: 'continue' })).toBe(250);
    expect(delayMs(threw, 1, { retryAgent: 'none' })).toBeNull();
  });

  it('is not where it would fail the same way, nor where something else failed', () => {
    expect(delayMs(failureOf('agent', 'RECURSION_LIMIT', true), 1)).toBeNull();
    expect(delayMs(failureOf('agent', 'INPUT_REFUSED', true), 1)).toBeNull();
    expect(delayMs(failureOf('cancelled', 'RUN_CANCELLED', true), 1)).toBeNull();
  });
});

describe('a turn that has a record', () => {
  const threw = madeRecord({ outcome: 'error', failure: madeFailure({ kind: 'agent' }) });
  const lost = madeRecord({ outcome: 'error', failure: madeFailure({ kind: 'reset' }) });

  it.each([
    [null, 'continue', null],
    [madeRecord({ outcome: 'skipped' }), 'fresh', null],
    [threw, 'continue', 'continue'],
    [threw, 'fresh', 'fresh'],
    [threw, 'none', 'fresh'],
    [lost, 'continue', 'fresh'],
  ] as const)('case %#', (replaces, retryAgent, expected) => {
    expect(againOf(replaces, { retryAgent })).toBe(expected);
  });
});
