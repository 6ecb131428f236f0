import { describe, expect, it } from 'vitest';
import {
  createOutage,
  lookDelayMs,
  type Outage,
  type OutageOptions,
  type OutageState,
} from '../src/outage.ts';
import type { Failure } from '../src/types.ts';
import { type ManualRuntime, manualRuntime } from './support/manual-runtime.ts';

const unavailable: Failure = {
  kind: 'http',
  code: 'HTTP_503',
  message: 'no',
  status: 503,
  may_have_run: true,
  uncertain: true,
};
const settle = () => new Promise((resolve) => setImmediate(resolve));

function began(options: Partial<OutageOptions> = {}) {
  const runtime = manualRuntime();
  const drain = new AbortController();
  const told: OutageState[] = [];
  const outage = createOutage(
    {
      concurrency: 3,
      giveUpMs: 900_000,
      drain: drain.signal,
      onChange: (state) => told.push(state),
      ...options,
    },
    runtime,
  );
  return { outage, runtime, drain, told };
}

async function refuse(outage: Outage, times: number, retryAfterMs: number | null = null): Promise<void> {
  for (let n = 0; n < times; n += 1) (await outage.enter('ask'))?.ended({ ...unavailable }, retryAfterMs);
}

/** Those who wait, with how many were let through so far. */
function queued(outage: Outage, count: number, step: 'ask' | 'prepare' = 'ask') {
  const visits: Awaited<ReturnType<Outage['enter']>>[] = [];
  for (let n = 0; n < count; n += 1)
    void Promise.resolve(outage.enter(step)).then((visit) => visits.push(visit));
  return visits;
}

/** Until the next look is over. */
async function look(runtime: ManualRuntime): Promise<void> {
  await runtime.whenSleeping();
  await runtime.advance(60_000);
  await settle();
}

describe('an outage', () => {
  it.each([
    [1, 1],
    [3, 3],
    [10, 10],
    [50, 10],
  ])('with %i at once begins when the last %i were all refused', async (concurrency, inARow) => {
    const { outage } = began({ concurrency });

    await refuse(outage, inARow - 1);
    expect(outage.isOn).toBe(false);
    await refuse(outage, 1);

    expect(outage.isOn).toBe(true);
  });

  it.each([
    ['that was taken', (visit: { accepted(): void }) => visit.accepted()],
    ['with an outcome', (visit: { ended(f: null, r: null): void }) => visit.ended(null, null)],
    [
      'that failed otherwise',
      (visit: { ended(f: Failure, r: null): void }) =>
        visit.ended({ ...unavailable, kind: 'agent', code: 'AGENT_ERROR' }, null),
    ],
  ])('is none where one %s lies between the refusals', async (_, end) => {
    const { outage } = began();

    await refuse(outage, 2);
    const visit = await outage.enter('ask');
    if (visit !== null) end(visit);
    await refuse(outage, 2);

    expect(outage.isOn).toBe(false);
  });

  it('is not ended by what runs nothing, and counts one refusal told twice once', async () => {
    const { outage } = began();
    await refuse(outage, 1);
    (await outage.enter('prepare'))?.ended(null, null);
    const visit = await outage.enter('ask');
    const failure = { ...unavailable };

    visit?.ended(failure, null);
    visit?.ended(failure, null);
    expect(outage.isOn).toBe(false);
    await refuse(outage, 1);

    expect(outage.isOn).toBe(true);
  });

  it('lets one through after each look, until one is taken, and then all', async () => {
    const { outage, runtime, told } = began();
    await refuse(outage, 3);
    const visits = queued(outage, 5);

    await look(runtime);
    expect(visits).toHaveLength(1);
    visits[0]?.ended({ ...unavailable }, null);
    await look(runtime);
    expect(visits).toHaveLength(2);
    visits[1]?.accepted();
    await settle();

    expect(visits).toHaveLength(5);
    expect(outage.isOn).toBe(false);
    expect(told.map(({ isOn }) => isOn)).toEqual([true, true, false]);
    expect(await outage.enter('ask')).not.toBeNull();
  });

  it('sends one that asks before one that only prepares', async () => {
    const { outage, runtime } = began();
    await refuse(outage, 3);
    const preparing = queued(outage, 2, 'prepare');
    const asking = queued(outage, 1);

    await look(runtime);

    expect([preparing.length, asking.length]).toEqual([0, 1]);
  });

  it('sends nobody while the server does not even answer about the agent', async () => {
    let isThere = false;
    const { outage, runtime } = began({ probe: async () => isThere });
    await refuse(outage, 3);
    const visits = queued(outage, 2);

    await look(runtime);
    expect(visits).toHaveLength(0);
    isThere = true;
    await look(runtime);

    expect(visits).toHaveLength(1);
  });

  it('waits for somebody to send where nobody is there yet', async () => {
    const { outage, runtime } = began();
    await refuse(outage, 3);
    await look(runtime);

    const visits = queued(outage, 1);
    await settle();

    expect(visits).toHaveLength(1);
  });

  it('looks not before the time the server asked for', async () => {
    const { outage, runtime, told } = began();

    await refuse(outage, 3, 20_000);
    queued(outage, 1);
    await runtime.advance(19_999);

    expect(told[0]?.nextLookMs).toBe(20_000);
    expect(runtime.sleeping).toBe(1);
  });

  it('stops the batch once it has lasted too long, and lets nobody through', async () => {
    let isGivenUp = false;
    const { outage, runtime } = began({
      giveUpMs: 10_000,
      onGivenUp: () => {
        isGivenUp = true;
      },
    });
    await refuse(outage, 3);
    const visits = queued(outage, 2);

    for (let n = 0; n < 3 && outage.stop === null; n += 1) {
      await look(runtime);
      visits
        .splice(0)
        .at(-1)
        ?.ended({ ...unavailable }, null);
    }

    expect(outage.stop).toEqual({
      code: 'unreachable',
      message: 'the server refused everything for 10 s (--give-up): HTTP_503: no',
    });
    expect(isGivenUp).toBe(true);
    expect(await outage.enter('ask')).toBeNull();
  });

  it('lets nobody through once the batch drains', async () => {
    const { outage, drain } = began();
    await refuse(outage, 3);
    const visits = queued(outage, 2);

    drain.abort();
    await settle();

    expect(visits).toEqual([null, null]);
  });

  it('keeps nothing waiting once the batch is over', async () => {
    const { outage, runtime } = began();
    await refuse(outage, 3);
    await runtime.whenSleeping();

    outage.close();
    await settle();

    expect(runtime.sleeping).toBe(0);
  });
});

describe('the time until the next look', () => {
  it('doubles from a second to half a minute, half of it by chance', () => {
    const least = [0, 1, 2, 3, 4, 5, 6].map((n) => lookDelayMs(n, 0, 0));
    const most = [0, 1, 2, 3, 4, 5, 6].map((n) => lookDelayMs(n, 0, 1));

    expect(least).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
    expect(most).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });
});
