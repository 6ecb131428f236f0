/** The local engine: slots are p-queue's; jobs are fed so that the reader never gets far ahead of the agent. */

import PQueue from 'p-queue';
import type { Concurrency, Engine, Slot } from '../contracts.ts';
import { Crowd, type Placed } from '../crowd.ts';
import type { Job } from '../types.ts';

export interface LocalOptions {
  /** Told how many slots are held, whenever that changes. */
  readonly onInFlight?: ((count: number) => void) | undefined;
  /**
   * Have jobs something to get ready before they need their slot? Else none is begun before it has one: what waits
   * holds memory that V8 copies again and again. Default: they may have.
   */
  readonly getReady?: boolean | undefined;
}

/** @param concurrency Slots: a number, or what tells how many there are just now. */
export function createLocalEngine(
  concurrency: number | Concurrency,
  { onInFlight, getReady = true }: LocalOptions = {},
): Engine {
  const limited = typeof concurrency === 'number' ? fixed(concurrency) : concurrency;
  return {
    get concurrency() {
      return limited.limit;
    },
    run: async (jobs, work, drain) => {
      const broken = new AbortController();
      const stop = AbortSignal.any([drain, broken.signal]);
      const slots = createSlots(limited, stop, onInFlight);
      let open = 0;
      let waiting: (() => void)[] = [];
      const jobEnded = () => new Promise<void>((resolve) => waiting.push(resolve));
      const tellWaiting = () => {
        const told = waiting;
        waiting = [];
        for (const tell of told) tell();
      };
      const doJob = async (job: Job, slot: Slot) => {
        try {
          await work(job, slot);
        } catch (error) {
          // A failing turn is data: what is thrown here is a broken sink or a bug, and ends the batch.
          broken.abort(error);
        }
        slot.free();
        open -= 1;
        tellWaiting();
      };
      limited.onChange(tellWaiting);
      const feed = async () => {
        if (stop.aborted) return;
        for await (const job of jobs) {
          if (stop.aborted) return;
          const slot = slots();
          if (!getReady && !(await slot.take())) return;
          open += 1;
          void doJob(job, slot);
          // As many again as there are slots get ready, or are put away, while others wait for the agent.
          while (open >= 2 * limited.limit && !stop.aborted) await jobEnded();
          if (stop.aborted) return;
        }
      };
      // Not awaited once stopped: it may be far from its next job, and looks before it starts one.
      const fed = feed().catch((error: unknown) => broken.abort(error));
      await Promise.race([fed, aborted(stop)]);
      while (open > 0) await jobEnded();
      broken.signal.throwIfAborted();
    },
  };
}

const fixed = (limit: number): Concurrency => ({ limit, onChange: () => {} });

interface Shared {
  readonly queue: PQueue;
  readonly stop: AbortSignal;
  /** Who waits for one, to be told that there is none. */
  readonly waiting: Crowd<QueuedSlot>;
  readonly change: (by: 1 | -1) => void;
}

/** Makes a job's slot, not held yet. Given in the order they are asked for; none once `stop` aborts. */
function createSlots(
  concurrency: Concurrency,
  stop: AbortSignal,
  onInFlight?: (count: number) => void,
): () => Slot {
  const queue = new PQueue({ concurrency: concurrency.limit });
  concurrency.onChange(() => {
    queue.concurrency = concurrency.limit;
  });
  let inFlight = 0;
  const change = (by: 1 | -1) => {
    inFlight += by;
    onInFlight?.(inFlight);
  };
  const waiting = new Crowd<QueuedSlot>();
  stop.addEventListener('abort', () => {
    queue.clear();
    for (const slot of waiting.now()) slot.refuse();
  });
  const shared: Shared = { queue, stop, waiting, change };
  return () => new QueuedSlot(shared);
}

/** A class, as one is made for each job: see try.ts. */
class QueuedSlot implements Slot, Placed {
  place = -1;
  private leave: (() => void) | null = null;
  private answer: ((isHeld: boolean) => void) | null = null;
  private readonly shared: Shared;

  constructor(shared: Shared) {
    this.shared = shared;
  }

  get isHeld(): boolean {
    return this.leave !== null;
  }

  take(): Promise<boolean> {
    const { queue, stop, waiting } = this.shared;
    return new Promise((resolve) => {
      if (this.isHeld || stop.aborted) return resolve(this.isHeld);
      this.answer = resolve;
      waiting.add(this);
      void queue.add(this.hold);
    });
  }

  private readonly hold = () =>
    new Promise<void>((leave) => {
      this.shared.waiting.remove(this);
      this.leave = leave;
      this.shared.change(1);
      this.answer?.(true);
    });

  /** There will be none. */
  refuse(): void {
    this.answer?.(false);
  }

  free(): void {
    if (this.leave === null) return;
    this.leave();
    this.leave = null;
    this.shared.change(-1);
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
