import { describe, expect, it } from 'vitest';
import { attemptTurn } from '../src/attempt.ts';
import type { Try } from '../src/contracts.ts';
import { RequestError } from '../src/errors.ts';
import { answered } from '../src/outcome.ts';
import type { Failure, FailureKind, Outcome } from '../src/types.ts';
import { type ManualRuntime, manualRuntime } from './support/manual-runtime.ts';

const options = { retries: 3, delivery: 'exactly-once', retryAgent: 'none', timeoutMs: 60_000 } as const;
const never = new AbortController().signal;

const failureOf = (kind: FailureKind, code: string, facts: Partial<Failure> = {}): Failure => ({
  kind,
  code,
  message: 'no',
  status: null,
  may_have_run: false,
  uncertain: false,
  ...facts,
});
const refused = failureOf('connect', 'CONNECT_REFUSED');
const broken = failureOf('reset', 'CONNECTION_RESET', { may_have_run: true, uncertain: true });

type Step = (attempt: Try, runtime: ManualRuntime) => Outcome | Promise<Outcome>;
const fails =
  (failure: Failure, more: { retryAfterMs?: number; partial?: string } = {}): Step =>
  () => {
    throw new RequestError(failure, more);
  };
const answers: Step = () => answered('yes');

/** An agent whose n-th attempt is the n-th step. */
const agentOf = (runtime: ManualRuntime, ...steps: readonly Step[]) => {
  const tries: Try[] = [];
  const ask = async (attempt: Try) => {
    attempt.begin();
    tries.push(attempt);
    const step = steps[attempt.attempt - 1];
    if (step === undefined) throw new Error(`Expected ${steps.length} attempts, got another`);
    return step(attempt, runtime);
  };
  return { ask, tries };
};

describe('the retry loop', () => {
  it('gives the first outcome there is, with every attempt', async () => {
    const runtime = manualRuntime({ autoSleep: true });
    const { ask } = agentOf(runtime, fails(refused), fails(broken), answers);

    const { outcome, attempts } = await attemptTurn({ ask }, options, runtime, never);

    expect(outcome.response).toBe('yes');
    expect(attempts.map(({ attempt, failure }) => [attempt, failure?.code ?? null])).toEqual([
      [1, 'CONNECT_REFUSED'],
      [2, 'CONNECTION_RESET'],
      [3, null],
    ]);
  });

  it('gives an error once the tries are used up', async () => {
    const runtime = manualRuntime({ autoSleep: true });
    const { ask } = agentOf(runtime, fails(refused), fails(refused), fails(refused), fails(refused));

    const { outcome, attempts } = await attemptTurn({ ask }, options, runtime, never);

    expect(outcome).toMatchObject({ outcome: 'error', failure: { code: 'CONNECT_REFUSED' } });
    expect(attempts).toHaveLength(4);
  });

  it('does not try an outcome again, whatever it is', async () => {
    const runtime = manualRuntime({ autoSleep: true });
    const failed: Outcome = { ...answered(''), outcome: 'error', failure: broken };
    const { ask } = agentOf(runtime, () => failed);

    const { outcome, attempts } = await attemptTurn({ ask }, options, runtime, never);

    expect(outcome).toBe(failed);
    expect(attempts).toHaveLength(1);
  });

  it('asks an agent that failed once more, as it was told to, apart from requests that failed', async () => {
    const runtime = manualRuntime({ autoSleep: true });
    const threw: Failure = { ...broken, kind: 'agent', code: 'AGENT_ERROR', uncertain: false };
    const failed: Outcome = { ...answered(''), outcome: 'error', failure: threw };
    const replies = [() => failed, fails(refused), () => failed, () => answered('third')];
    const again: unknown[] = [];
    const { ask } = agentOf(runtime, ...replies);
    const told = (attempt: Try) => {
      again.push(attempt.again);
      return ask(attempt);
    };

    const { outcome, attempts } = await attemptTurn(
      { ask: told },
      { ...options, retries: 2, retryAgent: 'fresh' },
      runtime,
      never,
    );

    expect(outcome.response).toBe('third');
    expect(attempts.map(({ failure }) => failure?.code)).toEqual([
      'AGENT_ERROR',
      'CONNECT_REFUSED',
      'AGENT_ERROR',
      undefined,
    ]);
    expect(again).toEqual([null, 'fresh', null, 'fresh']);
  });

  it('knows how an agent failed, though the request that would ask it once more is refused', async () => {
    const runtime = manualRuntime({ autoSleep: true });
    const threw: Failure = { ...broken, kind: 'agent', code: 'AGENT_ERROR', uncertain: false };
    const failed: Outcome = { ...answered(''), outcome: 'error', failure: threw };
    const { ask } = agentOf(runtime, () => failed, fails(refused), fails(refused));

    const { outcome } = await attemptTurn(
      { ask },
      { ...options, retries: 1, retryAgent: 'fresh' },
      runtime,
      never,
    );

    expect(outcome.failure).toMatchObject({ code: 'CONNECT_REFUSED', may_have_run: true, uncertain: false });
  });

  it('says no more of what was unknown than it knows', async () => {
    const runtime = manualRuntime({ autoSleep: true });
    const { ask } = agentOf(runtime, fails(refused));
    const once = { ...options, retries: 0 };

    const { outcome } = await attemptTurn({ ask, isUnknown: true }, once, runtime, never);

    expect(outcome.failure).toMatchObject({ may_have_run: true, uncertain: true });
  });

  it('says that it may have run where any try may have', async () => {
    const runtime = manualRuntime({ autoSleep: true });
    const { ask } = agentOf(runtime, fails(broken), fails(refused));

    const { outcome, attempts } = await attemptTurn({ ask }, { ...options, retries: 1 }, runtime, never);

    expect(outcome.failure).toMatchObject({ code: 'CONNECT_REFUSED', may_have_run: true, uncertain: true });
    expect(attempts[1]?.failure?.may_have_run).toBe(false);
  });

  it('keeps what came of an answer, though a later try brought nothing', async () => {
    const runtime = manualRuntime({ autoSleep: true });
    const { ask } = agentOf(runtime, fails(broken, { partial: 'half an' }), fails(refused));

    const { outcome } = await attemptTurn({ ask }, { ...options, retries: 1 }, runtime, never);

    expect(outcome.response).toBe('half an');
  });

  it('lets a bug through', async () => {
    const runtime = manualRuntime({ autoSleep: true });
    const { ask } = agentOf(runtime, () => {
      throw new TypeError('a bug');
    });

    await expect(attemptTurn({ ask }, options, runtime, never)).rejects.toThrow(TypeError);
  });

  it('gives each attempt a state of its own', async () => {
    const runtime = manualRuntime({ autoSleep: true });
    const notes: Step = (attempt) => {
      Object.assign(attempt, { runId: 'r', status: 502, sentAt: 1, firstTokenAt: 2, answeredAt: 3 });
      throw new RequestError(broken);
    };
    const { ask, tries } = agentOf(runtime, notes, answers);

    await attemptTurn({ ask }, options, runtime, never);

    expect(tries[1]).toMatchObject({
      attempt: 2,
      runId: null,
      status: null,
      sentAt: null,
      firstTokenAt: null,
    });
  });
});

describe('the time limit of a turn', () => {
  it('begins once, with the first request, and holds for all its attempts', async () => {
    const runtime = manualRuntime({ autoSleep: true });
    const waitsBeforeItBegins = async (attempt: Try) => {
      await runtime.sleep(5_000);
      attempt.begin();
      throw new RequestError(refused);
    };

    const { last } = await attemptTurn(
      { ask: waitsBeforeItBegins },
      { ...options, retries: 1 },
      runtime,
      never,
    );

    expect(last.deadline).toBe(5_000 + 60_000);
  });

  it('allows no try that would begin after it', async () => {
    const runtime = manualRuntime({ autoSleep: true });
    const busy = failureOf('http', 'HTTP_429', { status: 429 });
    const { ask } = agentOf(
      runtime,
      fails(busy, { retryAfterMs: 20_000 }),
      fails(busy, { retryAfterMs: 60_000 }),
    );

    const { outcome, attempts } = await attemptTurn({ ask }, options, runtime, never);

    expect(outcome.failure?.code).toBe('HTTP_429');
    expect(attempts).toHaveLength(2);
    expect(runtime.now()).toBeLessThan(21_000);
  });
});

describe('what is measured', () => {
  it('is latency from the request sent to the answer complete, of the last attempt, without back-off', async () => {
    const runtime = manualRuntime({ autoSleep: true });
    const taking =
      (beforeMs: number, answerMs: number, afterMs: number, then: Step): Step =>
      async (attempt) => {
        await runtime.sleep(beforeMs);
        attempt.sentAt = runtime.now();
        await runtime.sleep(answerMs);
        attempt.answeredAt = runtime.now();
        await runtime.sleep(afterMs);
        return then(attempt, runtime);
      };
    const { ask } = agentOf(runtime, taking(7, 100, 50, fails(broken)), taking(3, 250, 40, answers));

    const { attempts, waitMs } = await attemptTurn({ ask }, options, runtime, never);

    expect(attempts.map(({ latency_ms: latency }) => latency)).toEqual([100, 250]);
    expect(waitMs).toBe(7);
  });

  it('is the wait from eligible to first sent, with the tries that sent nothing', async () => {
    const runtime = manualRuntime({ autoSleep: true });
    const sends: Step = (attempt) => {
      attempt.sentAt = runtime.now();
      return answered('yes');
    };
    const { ask } = agentOf(runtime, fails(refused), sends);

    const { waitMs } = await attemptTurn({ ask }, options, runtime, never);

    expect(waitMs).toBe(runtime.slept[0]);
  });

  it('is no wait where nothing was ever sent', async () => {
    const runtime = manualRuntime({ autoSleep: true });
    const { ask } = agentOf(runtime, fails(refused));

    const { waitMs } = await attemptTurn({ ask }, { ...options, retries: 0 }, runtime, never);

    expect(waitMs).toBeNull();
  });

  it('is the status of the failure where the request that asks the agent was never answered', async () => {
    const runtime = manualRuntime({ autoSleep: true });
    const { ask } = agentOf(runtime, fails(failureOf('auth', 'KEY_REFUSED', { status: 401 })));

    const { attempts } = await attemptTurn({ ask }, options, runtime, never);

    expect(attempts[0]?.status).toBe(401);
  });
});

describe('a slot', () => {
  const slotOf = (runtime: ManualRuntime, waitMs: number, isGiven = true) => {
    const slot = {
      isHeld: false,
      taken: 0,
      take: async () => {
        await runtime.advance(waitMs);
        slot.taken += 1;
        slot.isHeld = isGiven;
        return isGiven;
      },
      free: () => {
        slot.isHeld = false;
      },
    };
    return slot;
  };

  it('is taken once for all attempts, after what needs none', async () => {
    const runtime = manualRuntime({ autoSleep: true });
    const { ask } = agentOf(runtime, fails(refused), answers);
    const slot = slotOf(runtime, 0);
    const prepared: boolean[] = [];
    const prepare = async () => void prepared.push(slot.isHeld);

    await attemptTurn({ prepare, ask, slot }, options, runtime, never);

    expect(prepared).toEqual([false, true]);
    expect(slot).toMatchObject({ taken: 1, isHeld: true });
  });

  it('is waited for in no one’s time: neither the wait nor the time limit counts it', async () => {
    const runtime = manualRuntime({ autoSleep: true });
    const { ask } = agentOf(runtime, async (attempt) => {
      await runtime.advance(5);
      attempt.sentAt = runtime.now();
      expect(attempt.deadline - runtime.now()).toBe(60_000 - 20 - 5);
      return answered('yes');
    });
    const prepare = async (attempt: Try) => {
      attempt.begin();
      await runtime.advance(20);
    };

    const { waitMs, attempts } = await attemptTurn(
      { prepare, ask, slot: slotOf(runtime, 3_600_000) },
      options,
      runtime,
      never,
    );

    expect(waitMs).toBe(5);
    expect(attempts[0]?.started_at).toBe(new Date(runtime.date().getTime() - 5).toISOString());
  });

  it.each([true, false])(
    'may be freed as soon as the run has ended, where that is the last turn: %s',
    async (isLast) => {
      const runtime = manualRuntime({ autoSleep: true });
      const slot = slotOf(runtime, 0);
      const { ask } = agentOf(runtime, (attempt) => {
        attempt.release();
        return answered('yes');
      });

      await attemptTurn({ ask, slot, isLast }, options, runtime, never);

      expect(slot.isHeld).toBe(!isLast);
    },
  );

  it('that the batch refuses gives the turn up, and asks nothing', async () => {
    const runtime = manualRuntime({ autoSleep: true });
    const { ask, tries } = agentOf(runtime, answers);

    const { isGivenUp, attempts } = await attemptTurn(
      { ask, slot: slotOf(runtime, 0, false) },
      options,
      runtime,
      never,
    );

    expect([isGivenUp, attempts, tries]).toEqual([true, [], []]);
  });
});

describe('a batch that gives up', () => {
  it('ends a wait at once, without another try', async () => {
    const runtime = manualRuntime();
    const abort = new AbortController();
    const { ask, tries } = agentOf(runtime, fails(refused), answers);
    const attempted = attemptTurn({ ask }, options, runtime, abort.signal);
    await runtime.whenSleeping();

    abort.abort();

    expect(await attempted).toMatchObject({ isGivenUp: true, outcome: { outcome: 'error' } });
    expect(tries).toHaveLength(1);
    expect(runtime.now()).toBe(0);
  });

  it('gives up what was given up on the way', async () => {
    const runtime = manualRuntime({ autoSleep: true });
    const { ask } = agentOf(runtime, fails(failureOf('cancelled', 'BATCH_ABORTED', { may_have_run: true })));

    const { isGivenUp } = await attemptTurn({ ask }, options, runtime, AbortSignal.abort());

    expect(isGivenUp).toBe(true);
  });

  it('keeps what had ended of itself', async () => {
    const runtime = manualRuntime({ autoSleep: true });
    const { ask } = agentOf(runtime, fails(failureOf('invalid', 'HTTP_422')));
    const { ask: well } = agentOf(runtime, answers);

    const ends = [
      await attemptTurn({ ask }, options, runtime, AbortSignal.abort()),
      await attemptTurn({ ask: well }, options, runtime, AbortSignal.abort()),
    ];

    expect(ends.map(({ isGivenUp }) => isGivenUp)).toEqual([false, false]);
  });
});
