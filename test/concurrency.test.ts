/** `--concurrency auto` on simulated deployments: minutes on a clock of their own, judged against the best fixed number. */

import { describe, expect, it } from 'vitest';
import { type AutoConcurrency, createAutoConcurrency } from '../src/concurrency.ts';
import type { Failure } from '../src/types.ts';
import { type Deployment, fixed, logNormal, seeded, simulate } from './support/simulated-server.ts';

const forMs = 180_000;
const settledBy = 30;
const anyNumber = () => Number.POSITIVE_INFINITY;

interface Kind {
  readonly name: string;
  /** The best fixed number, or one as good. */
  readonly best: number;
  readonly of: (runMs: (at: number) => number) => Deployment;
}

const kinds: readonly Kind[] = [
  {
    name: 'refuses above 34 with 429',
    best: 34,
    of: (runMs) => ({ workers: anyNumber, refusesAbove: () => 34, runMs }),
  },
  { name: 'queues above 20', best: 20, of: (runMs) => ({ workers: () => 20, runMs }) },
  {
    name: 'drifts slowly, from 60 to 15 and back',
    best: 60,
    of: (runMs) => ({ workers: (at) => Math.round(15 + 45 * Math.abs(1 - at / 90_000)), runMs }),
  },
  {
    name: 'is down for a minute',
    best: 80,
    of: (runMs) => ({ workers: () => 40, isDown: (at) => at > 60_000 && at < 120_000, runMs }),
  },
  {
    name: 'has a noisy neighbour, who takes half of it every other 20 s',
    best: 40,
    of: (runMs) => ({ workers: (at) => (Math.floor(at / 20_000) % 2 === 0 ? 40 : 20), runMs }),
  },
];

const latencies = [
  { name: 'all 500 ms', sigma: 0, seeds: [1] },
  { name: 'log-normal, 500 ms on average', sigma: 1, seeds: [1, 2, 3] },
];

const settledSum = (bySecond: readonly number[]) =>
  bySecond.slice(settledBy).reduce((sum, count) => sum + count, 0);

function run(kind: Kind, sigma: number, seed: number, limitOn: Parameters<typeof simulate>[1]) {
  const random = seeded(seed);
  const runMs = sigma === 0 ? () => 500 : logNormal(500, sigma, random);
  const { ended, refused } = simulate(kind.of(runMs), limitOn, { forMs, random });
  return { ended: settledSum(ended), refused: settledSum(refused) };
}

function runAuto(kind: Kind, sigma: number, seed: number) {
  const autos: AutoConcurrency[] = [];
  const came = run(kind, sigma, seed, (clock) => {
    const auto = createAutoConcurrency({ most: 256 }, clock);
    autos.push(auto);
    return auto;
  });
  return { ...came, facts: autos[0]?.facts() };
}

describe.each(kinds)('on a deployment that $name', (kind) => {
  it.each(latencies)(
    'after 30 s does 0.85 of the best fixed number’s, 2 % refused at most: $name',
    ({ sigma, seeds }) => {
      for (const seed of seeds) {
        const best = run(kind, sigma, seed, () => fixed(kind.best)).ended;

        const { ended, refused, facts } = runAuto(kind, sigma, seed);

        expect(ended / best, `seed ${seed}`).toBeGreaterThanOrEqual(0.85);
        expect(refused / (ended + refused), `seed ${seed}`).toBeLessThanOrEqual(0.02);
        expect(facts?.settled, `seed ${seed}`).not.toBeNull();
      }
    },
  );
});

describe('what it tells', () => {
  it('names what it settled at, and why', () => {
    const [refusing, queueing] = kinds;
    if (refusing === undefined || queueing === undefined) throw new Error('both are there');

    const refused = runAuto(refusing, 0, 1).facts;
    const queued = runAuto(queueing, 0, 1).facts;

    expect(refused?.sentence).toMatch(/^settled at 3\d; the server refuses above that$/);
    expect(queued?.sentence).toMatch(/^settled at [23]\d; the server queues above that$/);
  });

  it('goes no higher than it may, and says that this held it', () => {
    const autos: AutoConcurrency[] = [];
    const unlimited = {
      name: '',
      best: 0,
      of: (runMs: (at: number) => number) => ({ workers: anyNumber, runMs }),
    };

    const { ended } = run(unlimited, 0, 1, (clock) => {
      const auto = createAutoConcurrency({ most: 24 }, clock);
      autos.push(auto);
      return auto;
    });

    expect(ended / (24 * 2 * (forMs / 1_000 - settledBy))).toBeGreaterThan(0.98);
    expect(autos[0]?.facts().sentence).toBe('settled at 24; as many as --max-concurrency allows');
  });

  it('keeps at most 200 steps of its history, in order, the first among them', () => {
    const facts = runAuto(
      { name: '', best: 0, of: (runMs) => ({ workers: (at) => 10 + ((at / 1_000) % 40), runMs }) },
      1,
      1,
    ).facts;

    const times = facts?.history.map(({ at_ms }) => at_ms) ?? [];

    expect(times.length).toBeLessThanOrEqual(200);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(facts?.history[0]).toEqual({ at_ms: 0, limit: 8, why: 'starts' });
  });
});

const refusal: Failure = {
  kind: 'http',
  code: 'HTTP_429',
  message: '',
  status: 429,
  may_have_run: false,
  uncertain: false,
};

/** By hand: so many begin, and end as told after so long. */
function byHand(start: number) {
  let now = 0;
  const auto = createAutoConcurrency({ most: 256, start }, { now: () => now });
  return {
    auto,
    begin: (count: number) => Array.from({ length: count }, () => auto.began()),
    pass: (ms: number) => {
      now += ms;
    },
  };
}

describe('a refusal', () => {
  it('alone is a hiccup, and cuts nothing', () => {
    const { auto, begin, pass } = byHand(20);
    const [one] = begin(20);
    pass(5);

    one?.ended(refusal, null);

    expect(auto.limit).toBe(20);
  });

  it('of many at once cuts once, to a little below what the server took', () => {
    const { auto, begin, pass } = byHand(40);
    const asked = begin(40);
    pass(5);

    for (const one of asked.slice(30)) one.ended(refusal, null);

    expect(auto.limit).toBe(28);
  });

  it('of all takes no more than half in one episode', () => {
    const { auto, begin, pass } = byHand(40);
    const asked = begin(40);
    pass(5);

    for (const one of asked) one.ended(refusal, null);

    expect(auto.limit).toBe(19);
  });

  it('that asks for patience keeps the limit from growing that long', () => {
    const { auto, begin, pass } = byHand(10);
    const asked = begin(10);
    for (const one of asked.slice(6)) one.ended(refusal, 9_000);
    const limit = auto.limit;

    for (let round = 0; round < 8; round += 1) {
      const turn = begin(limit);
      pass(1_000);
      for (const one of turn) one.ended(null, null);
    }

    expect(auto.limit).toBe(limit);
  });
});

describe('an outage', () => {
  it('tells nothing of how many the server bears: what was held before is back in a few rounds', () => {
    const { auto, begin, pass } = byHand(32);
    for (const one of begin(32)) one.ended(refusal, null);
    auto.rest(true);
    pass(60_000);
    const during = auto.limit;

    auto.rest(false);
    for (let round = 0; round < 3; round += 1) {
      const turn = begin(auto.limit);
      pass(500);
      for (const one of turn) one.ended(null, null);
    }

    expect([during < 32, auto.limit >= 32]).toEqual([true, true]);
  });
});
