import { expect, it } from 'vitest';
import type { Concurrency } from '../../src/contracts.ts';
import { createLocalEngine } from '../../src/engines/local.ts';
import type { Job } from '../../src/types.ts';
import { describeEngine } from '../contracts/engine.ts';
import { inOrder } from '../made-examples.ts';

describeEngine('local', createLocalEngine);

it('tells how many slots are held, whenever that changes', async () => {
  const told: number[] = [];
  const engine = createLocalEngine(2, { onInFlight: (count) => told.push(count) });
  const job: Job = { key: 'id:0', trial: 1, turns: [], intent: null, problem: null };

  await engine.run(
    inOrder([job, job]),
    async (_, slot) => {
      await slot.take();
      await new Promise((resolve) => setImmediate(resolve));
    },
    new AbortController().signal,
  );

  expect(told).toEqual([1, 2, 1, 0]);
});

it('follows a limit that changes: more begin at once where it grows, none above it where it falls', async () => {
  const tellers: (() => void)[] = [];
  let limit = 2;
  const concurrency: Concurrency = {
    get limit() {
      return limit;
    },
    onChange: (tell) => tellers.push(tell),
  };
  const setTo = (to: number) => {
    limit = to;
    for (const tell of tellers) tell();
  };
  const held: number[] = [];
  const frees: (() => void)[] = [];
  const engine = createLocalEngine(concurrency, { onInFlight: (count) => held.push(count) });
  const jobs = Array.from({ length: 40 }, (_, n): Job => {
    return { key: `id:${n}`, trial: 1, turns: [], intent: null, problem: null };
  });
  const settle = async () => {
    for (let n = 0; n < 10; n += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const drain = new AbortController();

  const ran = engine.run(
    inOrder(jobs),
    async (_, slot) => {
      if (await slot.take()) await new Promise<void>((resolve) => frees.push(resolve));
    },
    drain.signal,
  );
  await settle();
  const atFirst = held.at(-1);
  setTo(7);
  await settle();
  const grown = held.at(-1);
  setTo(3);
  for (const free of frees.splice(0, 6)) free();
  await settle();
  const fallen = held.at(-1);
  drain.abort();
  for (const free of frees.splice(0)) free();
  await ran;

  expect([atFirst, grown, fallen, engine.concurrency]).toEqual([2, 7, 3, 3]);
});
