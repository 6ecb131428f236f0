/** A batch on a simulated deployment, event by event on a clock of its own: minutes pass in milliseconds. */

import type { AutoConcurrency } from '../../src/concurrency.ts';
import { seededRandom } from '../../src/random.ts';
import type { Failure } from '../../src/types.ts';

/** How a deployment behaves, at a time of its own, ms. */
export interface Deployment {
  /** Runs it works on at once; others wait in line. */
  readonly workers: (at: number) => number;
  /** Refuses with 429 what would be more at once. */
  readonly refusesAbove?: (at: number) => number;
  /** Refuses everything with 503. */
  readonly isDown?: (at: number) => boolean;
  /** One run, ms. */
  readonly runMs: (at: number) => number;
}

export interface Simulated {
  /** Runs that ended, by second. */
  readonly ended: readonly number[];
  /** Requests refused, by second. */
  readonly refused: readonly number[];
}

interface Limit extends Pick<AutoConcurrency, 'limit' | 'began' | 'rest'> {}

/** A fixed number, as the batch has it. */
export const fixed = (limit: number): Limit => ({
  limit,
  began: () => ({ ended: () => {} }),
  rest: () => {},
});

/** Numbers that look random, the same for the same seed. */
export const seeded = (seed: number): (() => number) => seededRandom(seed * 2_654_435_761);

/** Log-normal: of a wide one (sigma 1) one in a hundred takes a hundred times as long as another. */
export function logNormal(meanMs: number, sigma: number, random: () => number): () => number {
  return () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return meanMs * Math.exp(sigma * normal - sigma ** 2 / 2);
  };
}

const refusals = {
  busy: { kind: 'http', code: 'HTTP_429', message: '', status: 429, may_have_run: false, uncertain: false },
  down: { kind: 'http', code: 'HTTP_503', message: '', status: 503, may_have_run: false, uncertain: false },
} as const satisfies Record<string, Failure>;

const refusingMs = 5;
const refusalsInARow = 10;

/** As many turns as there is time for, each tried again after a back-off that keeps its slot. */
export function simulate(
  deployment: Deployment,
  limitOn: (clock: { now(): number }) => Limit,
  { forMs, random }: { readonly forMs: number; readonly random: () => number },
): Simulated {
  const events = createEvents();
  const limit = limitOn({ now: () => events.now });
  const ended = Array.from({ length: Math.ceil(forMs / 1_000) }, () => 0);
  const refused = [...ended];
  const tally = (tallies: number[]) => {
    const second = Math.floor(events.now / 1_000);
    tallies[second] = (tallies[second] ?? 0) + 1;
  };
  const server = createServer(deployment, events);
  let slots = 0;
  let inARow = 0;
  let isOut = false;
  let waiting: (() => void)[] = [];

  const look = (after: number) => {
    events.after(after, () => {
      const scout = waiting.shift();
      if (scout === undefined) return look(after);
      scout();
      events.after(2 * refusingMs, () => {
        if (inARow > 0) return look(Math.min(30_000, 2 * after));
        isOut = false;
        limit.rest(false);
        const all = waiting;
        waiting = [];
        for (const go of all) go();
        fill();
      });
    });
  };
  const send = (tries: number) => {
    const asked = limit.began();
    const beganAt = events.now;
    server.ask({
      taken: () => {
        inARow = 0;
      },
      ended: () => {
        asked.ended(null, null);
        tally(ended);
        slots -= 1;
        fill();
      },
      refused: (failure) => {
        asked.ended(failure, null);
        tally(refused);
        inARow += 1;
        if (inARow >= refusalsInARow && !isOut) {
          isOut = true;
          limit.rest(true);
          look(750);
        }
        const backOffMs = Math.min(30_000, 500 * 2 ** tries) * (1 + random());
        events.after(backOffMs, () => ask(tries + 1));
        if (events.now < beganAt) throw new Error('time went back');
      },
    });
  };
  const ask = (tries: number) => {
    if (isOut) waiting.push(() => send(tries));
    else send(tries);
  };
  const fill = () => {
    while (slots < limit.limit && !isOut) {
      slots += 1;
      ask(0);
    }
  };
  fill();
  events.every(100, fill, forMs);
  events.runUntil(forMs);
  return { ended, refused };
}

interface Request {
  taken(): void;
  ended(): void;
  refused(failure: Failure): void;
}

function createServer({ workers, refusesAbove, isDown, runMs }: Deployment, events: Events) {
  const line: Request[] = [];
  let working = 0;
  const work = () => {
    while (working < workers(events.now)) {
      const next = line.shift();
      if (next === undefined) return;
      working += 1;
      events.after(runMs(events.now), () => {
        working -= 1;
        next.ended();
        work();
      });
    }
  };
  return {
    ask: (request: Request) => {
      const refuse = (failure: Failure) => events.after(refusingMs, () => request.refused(failure));
      if (isDown?.(events.now)) return refuse(refusals.down);
      if (refusesAbove !== undefined && working + line.length >= refusesAbove(events.now))
        return refuse(refusals.busy);
      events.after(refusingMs, () => request.taken());
      line.push(request);
      work();
    },
  };
}

interface Events {
  readonly now: number;
  after(ms: number, happens: () => void): void;
  every(ms: number, happens: () => void, until: number): void;
  runUntil(ms: number): void;
}

/** A heap of what is to happen, the soonest on top; what is as soon, in the order it was told. */
function createEvents(): Events {
  const heap: { at: number; order: number; happens: () => void }[] = [];
  let now = 0;
  let order = 0;
  const isSooner = (a: number, b: number) => {
    const [one, other] = [heap[a], heap[b]];
    if (one === undefined || other === undefined) return one !== undefined;
    return one.at < other.at || (one.at === other.at && one.order < other.order);
  };
  const swap = (a: number, b: number) => {
    const [one, other] = [heap[a], heap[b]];
    if (one === undefined || other === undefined) return;
    heap[a] = other;
    heap[b] = one;
  };
  const after = (ms: number, happens: () => void) => {
    let at = heap.push({ at: now + ms, order: order++, happens }) - 1;
    while (at > 0 && isSooner(at, (at - 1) >> 1)) {
      swap(at, (at - 1) >> 1);
      at = (at - 1) >> 1;
    }
  };
  const pop = () => {
    swap(0, heap.length - 1);
    const top = heap.pop();
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      const soonest = isSooner(left + 1, left) ? left + 1 : left;
      if (soonest >= heap.length || !isSooner(soonest, at)) return top;
      swap(soonest, at);
      at = soonest;
    }
  };
  return {
    get now() {
      return now;
    },
    after,
    every: (ms, happens, until) => {
      for (let at = ms; at < until; at += ms) after(at, happens);
    },
    runUntil: (ms) => {
      for (let next = heap[0]; next !== undefined && next.at <= ms; next = heap[0]) {
        pop();
        now = next.at;
        next.happens();
      }
    },
  };
}
