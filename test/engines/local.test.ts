import { expect, it } from 'vitest';
import { createLocalEngine } from '../../src/engines/local.ts';
import type { Job } from '../../src/types.ts';
import { describeEngine } from '../contracts/engine.ts';
import { inOrder } from '../made-examples.ts';

describeEngine('local', createLocalEngine);

it('tells how many slots are held, whenever that changes', async () => {
  const told: number[] = [];
  const engine = createLocalEngine(2, (count) => told.push(count));
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
