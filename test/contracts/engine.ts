import { describe, expect, it } from 'vitest';
import type { Engine, Slot } from '../../src/contracts.ts';
import type { Job } from '../../src/types.ts';
import { collectGarbage } from '../garbage.ts';
import { inOrder } from '../made-examples.ts';
import { gate } from '../support/gate.ts';

const madeJob = (number: number): Job => ({
  key: `id:${number}`,
  trial: 1,
  turns: [],
  intent: null,
  problem: null,
});
const jobsOf = (count: number) => Array.from({ length: count }, (_, number) => madeJob(number));
const never = new AbortController().signal;

/** Lets everything that is ready to run do so, some times over. */
async function settle(): Promise<void> {
  for (let n = 0; n < 5; n += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Jobs that begin once they have a slot, and end when the test likes. */
function watched() {
  const begun = new Map<string, () => void>();
  const started: string[] = [];
  return {
    /** The keys of those that were started, in order. */
    started,
    /** Of those under way. */
    get running() {
      return begun.size;
    },
    work: async ({ key }: Job, slot: Slot) => {
      if (!(await slot.take())) return;
      const { opened, open } = gate();
      started.push(key);
      begun.set(key, open);
      await opened;
      begun.delete(key);
    },
    end: async (...numbers: number[]) => {
      for (const number of numbers) begun.get(`id:${number}`)?.();
      await settle();
    },
    endAll: async () => {
      for (const open of begun.values()) open();
      await settle();
    },
  };
}

/** Jobs that tell how many of them were pulled. */
function counted(count: number) {
  const source = { pulled: 0, isClosed: false };
  async function* jobs() {
    try {
      for (const job of jobsOf(count)) {
        source.pulled += 1;
        yield job;
      }
    } finally {
      source.isClosed = true;
    }
  }
  return { source, jobs: jobs() };
}

/** What every engine owes. */
export function describeEngine(name: string, create: (concurrency: number) => Engine): void {
  describe(`the ${name} engine`, () => {
    it('does every job once', async () => {
      const done: string[] = [];

      await create(7).run(
        inOrder(jobsOf(500)),
        async ({ key }) => {
          if (key.endsWith('3')) await new Promise((resolve) => setImmediate(resolve));
          done.push(key);
        },
        never,
      );

      expect(done.toSorted()).toEqual(
        jobsOf(500)
          .map(({ key }) => key)
          .toSorted(),
      );
    });

    it('resolves where there is no job', async () => {
      await expect(create(3).run(inOrder([]), async () => {}, never)).resolves.toBeUndefined();
    });

    it.each([1, 3, 50])('does no more than %i at once, and as many', async (concurrency) => {
      let running = 0;
      let most = 0;

      await create(concurrency).run(
        inOrder(jobsOf(300)),
        async ({ key }, slot) => {
          await slot.take();
          running += 1;
          most = Math.max(most, running);
          for (let n = 0; n <= key.length; n += 1) await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
          if (key.endsWith('7')) slot.free();
        },
        never,
      );

      expect(most).toBe(concurrency);
    });

    it('pulls as many again as there are slots, and then one for each that ends', async () => {
      const { source, jobs } = counted(20);
      const work = watched();
      const running = create(3).run(jobs, work.work, never);

      await settle();
      expect([source.pulled, work.running]).toEqual([6, 3]);
      await work.end(1);
      expect([source.pulled, work.running]).toEqual([7, 3]);
      await work.end(0, 2);
      expect([source.pulled, work.running]).toEqual([9, 3]);

      while (work.running > 0) await work.endAll();
      await running;
      expect(source.pulled).toBe(20);
    });

    it('gives a slot that was freed to the next, while its first job goes on', async () => {
      const { source, jobs } = counted(20);
      const slots: Slot[] = [];
      const held: boolean[] = [];
      const { opened: over, open: end } = gate();
      const running = create(1).run(
        jobs,
        async (_, slot) => {
          const number = slots.push(slot) - 1;
          held[number] = await slot.take();
          await over;
        },
        never,
      );

      await settle();
      expect([held, source.pulled]).toEqual([[true], 2]);
      slots[0]?.free();
      await settle();
      expect([held, source.pulled]).toEqual([[true, true], 2]);
      expect(slots.map(({ isHeld }) => isHeld)).toEqual([false, true]);

      end();
      await running;
      expect(source.pulled).toBe(20);
    });

    it('gives a held slot again at once, and frees one that nobody holds without harm', async () => {
      const taken: boolean[] = [];

      await create(1).run(
        inOrder(jobsOf(2)),
        async (_, slot) => {
          slot.free();
          taken.push(await slot.take(), await slot.take());
          slot.free();
          slot.free();
          taken.push(await slot.take());
        },
        never,
      );

      expect(taken).toEqual(Array(6).fill(true));
    });

    it('refuses those that wait for a slot once it drains, and lets who holds one keep it', async () => {
      const { jobs } = counted(20);
      const drain = new AbortController();
      const slots: Slot[] = [];
      const taken: Promise<boolean>[] = [];
      const { opened: over, open: end } = gate();
      const running = create(1).run(
        jobs,
        async (_, slot) => {
          slots.push(slot);
          taken.push(slot.take());
          await over;
        },
        drain.signal,
      );
      await settle();

      drain.abort();

      expect(await Promise.all(taken)).toEqual([true, false]);
      expect(await slots[0]?.take()).toBe(true);
      expect(await slots[1]?.take()).toBe(false);
      slots[0]?.free();
      expect(await slots[0]?.take()).toBe(false);
      end();
      await running;
    });

    it('starts jobs in the order they come', async () => {
      const work = watched();
      const running = create(2).run(inOrder(jobsOf(6)), work.work, never);

      await settle();
      while (work.running > 0) await work.endAll();
      await running;

      expect(work.started).toEqual(jobsOf(6).map(({ key }) => key));
    });

    it('starts no further job once it drains, and ends with those in flight', async () => {
      const { source, jobs } = counted(20);
      const work = watched();
      const drain = new AbortController();
      let isOver = false;
      const running = create(3)
        .run(jobs, work.work, drain.signal)
        .then(() => {
          isOver = true;
        });
      await settle();

      drain.abort();
      await work.end(0, 1);
      expect([work.started.length, isOver]).toEqual([3, false]);
      await work.end(2);

      await running;
      expect(work.started).toHaveLength(3);
      expect(source).toEqual({ pulled: 6, isClosed: true });
    });

    it('drains though the next job is far', async () => {
      const work = watched();
      const drain = new AbortController();
      const { opened: far, open } = gate();
      async function* jobs() {
        yield madeJob(0);
        await far;
        yield madeJob(1);
      }
      const running = create(3).run(jobs(), work.work, drain.signal);
      await settle();

      drain.abort();
      await work.end(0);
      await running;
      open();
      await settle();

      expect(work.started).toEqual(['id:0']);
    });

    it('starts nothing where it is to drain from the beginning', async () => {
      const { source, jobs } = counted(5);
      const work = watched();

      await create(3).run(jobs, work.work, AbortSignal.abort());

      expect([source.pulled, work.started.length]).toEqual([0, 0]);
    });

    it('ends with the first error of a job, once those in flight have ended, and starts no other', async () => {
      const { source, jobs } = counted(20);
      const work = watched();
      let isOver = false;
      const running = create(3)
        .run(
          jobs,
          async (job, slot) => {
            await work.work(job, slot);
            if (slot.isHeld && job.key !== 'id:0') throw new Error(`sink broken at ${job.key}`);
          },
          never,
        )
        .finally(() => {
          isOver = true;
        });
      running.catch(() => {});
      await settle();

      await work.end(1);
      await work.end(0);
      expect([work.started.length, isOver]).toEqual([3, false]);
      await work.end(2);

      await expect(running).rejects.toThrow('sink broken at id:1');
      expect(source).toEqual({ pulled: 6, isClosed: true });
    });

    it('takes a job that throws before its first step for one that fails', async () => {
      const running = create(2).run(
        inOrder(jobsOf(5)),
        () => {
          throw new Error('a bug');
        },
        never,
      );

      await expect(running).rejects.toThrow('a bug');
    });

    it('ends with the error of the jobs’ source, once those in flight have ended', async () => {
      const work = watched();
      let isOver = false;
      async function* jobs() {
        yield* jobsOf(2);
        throw new Error('the dataset was changed');
      }
      const running = create(3)
        .run(jobs(), work.work, never)
        .finally(() => {
          isOver = true;
        });
      running.catch(() => {});

      await settle();
      expect([work.running, isOver]).toEqual([2, false]);
      await work.endAll();

      await expect(running).rejects.toThrow('the dataset was changed');
    });

    it('can be run again', async () => {
      const engine = create(2);
      let done = 0;
      const count = async () => {
        done += 1;
      };

      await engine.run(inOrder(jobsOf(3)), count, never);
      await engine.run(inOrder(jobsOf(4)), count, never);

      expect(done).toBe(7);
    });

    it('does a hundred thousand jobs without keeping them', async () => {
      let done = 0;
      let kept: WeakRef<Job>[] = [];
      async function* jobs() {
        for (let number = 0; number < 100_000; number += 1) {
          const job = madeJob(number);
          if (number % 1_000 === 0) kept.push(new WeakRef(job));
          yield job;
        }
      }

      await create(10).run(
        jobs(),
        async () => {
          done += 1;
          // By the last of them, the first are long gone.
          if (done === 99_999) {
            await collectGarbage();
            kept = kept.filter((job) => job.deref() !== undefined);
          }
        },
        never,
      );

      expect(done).toBe(100_000);
      expect(kept.length).toBeLessThan(5);
    });
  });
}
