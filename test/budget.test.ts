import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBudget } from '../src/budget.ts';
import { type BudgetLimits, createSpending } from '../src/spending.ts';
import type { JobRecord, Usage } from '../src/types.ts';
import { madeFailure, madeRecord } from './reports/made-records.ts';
import { freeSlot } from './support/free-slot.ts';

const usageOf = (total: number): Usage => ({
  input_tokens: total - 1,
  output_tokens: 1,
  total_tokens: total,
});
const took = (total: number) => madeRecord({ usage: usageOf(total) });
const untold = madeRecord({ usage: null });
const failedWith = (mayHaveRun: boolean) =>
  madeRecord({ outcome: 'error', usage: null, failure: madeFailure({ may_have_run: mayHaveRun }) });

function budgetOf(limits: Partial<BudgetLimits>, earlier: readonly JobRecord[] = []) {
  const spending = createSpending();
  for (const record of earlier) spending.add(record);
  const draining = new AbortController();
  const budget = createBudget({
    maxTokens: null,
    maxCost: null,
    price: null,
    ...limits,
    spending,
    drain: draining.signal,
    onSpent: () => draining.abort(),
  });
  return { budget, spending, drain: () => draining.abort() };
}

/** A turn that asks for its slot; `begun` is null while it waits. */
function turnOf({ budget }: ReturnType<typeof budgetOf>) {
  const own = freeSlot();
  const share = budget.share(own);
  const turn = { begun: null as boolean | null, own, end: share.end, slot: share.slot };
  const asked = share.slot.take().then((begun) => {
    turn.begun = begun;
    return begun;
  });
  return Object.assign(turn, { asked });
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('a budget', () => {
  it('lets one turn alone find out what a turn takes, then as many as fit', async () => {
    const batch = budgetOf({ maxTokens: 1_000 });
    const turns = Array.from({ length: 12 }, () => turnOf(batch));
    await settled();
    expect(turns.map(({ begun }) => begun)).toEqual([true, ...Array(11).fill(null)]);

    turns[0]?.end(took(100));
    await settled();

    expect(turns.map(({ begun }) => begun)).toEqual([...Array(10).fill(true), null, null]);
    expect(batch.budget.stop).toBeNull();
  });

  it('waits with a turn that does not fit until those in flight have ended, and stops then', async () => {
    const batch = budgetOf({ maxTokens: 250 }, [took(100)]);
    const [first, second] = [turnOf(batch), turnOf(batch)];
    await settled();
    expect([first.begun, second.begun]).toEqual([true, null]);
    expect(second.own.isHeld).toBe(false);

    first.end(took(100));

    expect(await second.asked).toBe(false);
    expect(batch.budget.stop).toEqual({
      code: 'budget',
      message: '--max-tokens: 200 of 250 is spent, and another turn, 100 on average, would pass it',
    });
  });

  it('lets a waiting turn begin where one in flight took less than was thought', async () => {
    const batch = budgetOf({ maxTokens: 250 }, [took(100)]);
    const [first, second] = [turnOf(batch), turnOf(batch)];
    await settled();

    first.end(took(20));

    expect(await second.asked).toBe(true);
  });

  it('takes no turn for spent that cannot have run, and the mean for one that may have', async () => {
    const batch = budgetOf({ maxTokens: 300 }, [took(100), failedWith(false), failedWith(true)]);

    const [third, fourth] = [turnOf(batch), turnOf(batch)];
    await settled();

    expect([third.begun, fourth.begun]).toEqual([true, null]);
  });

  it('asks the next one alone where the first failed and cannot have run', async () => {
    const batch = budgetOf({ maxTokens: 1_000 });
    const turns = [turnOf(batch), turnOf(batch), turnOf(batch)];
    await settled();

    turns[0]?.end(failedWith(false));
    await settled();

    expect(turns.map(({ begun }) => begun)).toEqual([true, true, null]);
  });

  it('reckons cost by price, and stops where either limit is reached', async () => {
    const limits = { maxTokens: 1_000_000, maxCost: 0.03, price: { in: 100, out: 1_000 } };
    const batch = budgetOf(limits, [took(91), took(91)]); // 90 × 100 + 1 × 1,000 of a million: 0.01 each

    const [third, fourth] = [turnOf(batch), turnOf(batch)];
    await settled();
    expect([third.begun, fourth.begun]).toEqual([true, null]);
    third.end(took(91));

    expect(await fourth.asked).toBe(false);
    expect(batch.budget.stop?.message).toContain('--max-cost: 0.03 of 0.03 is spent');
  });

  it('stops before anything is made for a turn, where earlier starts spent it', async () => {
    const batch = budgetOf({ maxTokens: 150 }, [took(100)]);

    expect(batch.budget.isSpent()).toBe(true);
    expect(batch.budget.stop?.code).toBe('budget');
  });

  it('stops after ten answers that told no usage, for it could not be kept', async () => {
    const batch = budgetOf({ maxTokens: 1_000 });
    for (let asked = 0; asked < 10; asked += 1) {
      const turn = turnOf(batch);
      expect(await turn.asked).toBe(true);
      turn.end(untold);
    }

    const eleventh = turnOf(batch);

    expect(await eleventh.asked).toBe(false);
    expect(batch.budget.stop?.message).toContain('10 answers told no usage');
  });

  it('lets nobody wait any longer when the batch drains', async () => {
    const batch = budgetOf({ maxTokens: 1_000 });
    const [first, second] = [turnOf(batch), turnOf(batch)];
    await settled();

    batch.drain();

    expect([await first.asked, await second.asked]).toEqual([true, false]);
    expect(batch.budget.stop).toBeNull();
  });

  it('counts a turn once, though it needs its slot again for another try', async () => {
    const batch = budgetOf({ maxTokens: 300 }, [took(100)]);
    const first = turnOf(batch);
    await first.asked;

    first.slot.free();
    expect(first.slot.isHeld).toBe(false);
    expect(await first.slot.take()).toBe(true);

    expect(await turnOf(batch).asked).toBe(true); // 100 spent, two in flight: 300
  });

  it('gives a turn its slot as it is where there is none', () => {
    const own = freeSlot();

    expect(budgetOf({}).budget.share(own).slot).toBe(own);
  });
});

/** Runs turns of these usages, as many at once as slots, each ending when `choose` says so; to the budget's stop or the end. */
async function rideOut(
  usages: readonly number[],
  limit: number,
  slots: number,
  choose: (of: number) => number,
) {
  const batch = budgetOf({ maxTokens: limit });
  let inFlight: { turn: ReturnType<typeof turnOf>; usage: number }[] = [];
  let last = { mean: 0, inFlight: 0 };
  let waiting: ReturnType<typeof turnOf> | null = null;
  for (let next = 0; next < usages.length || inFlight.length > 0; ) {
    if (next < usages.length && inFlight.length < slots && batch.budget.stop === null) {
      waiting ??= turnOf(batch);
      await settled();
    }
    if (waiting?.begun === true) {
      inFlight.push({ turn: waiting, usage: usages[next] ?? 0 });
      next += 1;
      const { usage, told } = batch.spending;
      last = { mean: told === 0 ? 0 : usage.total_tokens / told, inFlight: inFlight.length };
      waiting = null;
      continue;
    }
    if (inFlight.length === 0) break;
    const ending = inFlight[choose(inFlight.length)];
    inFlight = inFlight.filter((one) => one !== ending);
    ending?.turn.end(took(ending.usage));
  }
  return {
    spent: batch.spending.usage.total_tokens,
    last,
    stop: batch.budget.stop,
    asked: batch.spending.told,
  };
}

describe('what a budget lets through', () => {
  it('is never more than the limit where all turns take the same, and never one turn less', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 500 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 1, max: 8 }),
        async (usage, fitting, count, slots) => {
          const limit = usage * fitting;

          const { asked, spent, stop } = await rideOut(Array(count).fill(usage), limit, slots, () => 0);

          expect(spent).toBeLessThanOrEqual(limit);
          expect(asked).toBe(Math.min(count, fitting));
          expect(stop === null).toBe(count <= fitting);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('passes the limit by no more than those in flight take above the mean, whatever they take', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 2, max: 500 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 5_000 }),
        fc.integer({ min: 1, max: 8 }),
        fc.infiniteStream(fc.nat()),
        async (usages, limit, slots, chance) => {
          const choose = (of: number) => (chance.next().value ?? 0) % of;

          const { spent, last } = await rideOut(usages, limit, slots, choose);

          const most = Math.max(...usages);
          // Of the very first turn nobody knows what it takes.
          const above = last.mean === 0 ? most : (most - last.mean) * last.inFlight;
          expect(spent).toBeLessThanOrEqual(limit + above + 1e-6);
        },
      ),
      { numRuns: 150 },
    );
  });
});
