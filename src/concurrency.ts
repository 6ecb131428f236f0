/**
 * `--concurrency auto`: finds how many at once the deployment bears, and follows it. Told of each request that asks;
 * decides only when told, sets no timer (docs/design/concurrency.md).
 */

import { type Bound, createClimb, type Why } from './climb.ts';
import type { Concurrency } from './contracts.ts';
import { isRefusal } from './outage.ts';
import type { Runtime } from './runtime.ts';
import type { ConcurrencyFacts } from './summary-types.ts';
import type { Failure } from './types.ts';

export interface AutoConcurrency extends Concurrency {
  /** A request that asks is about to be sent. */
  began(): Asked;
  /** While the batch waits for its server as one, what comes tells nothing of how many it bears. */
  rest(isOn: boolean): void;
  facts(): ConcurrencyFacts;
}

export interface Asked {
  /** @param failure Null: it came to an outcome. */
  ended(failure: Failure | null, retryAfterMs: number | null): void;
}

export interface AutoOptions {
  readonly most: number;
  /** Default: 8. */
  readonly start?: number;
}

const defaultStart = 8;
/** Refusals among the last fifty or so that are more than a server's own hiccups. */
const mostRefusals = 3;
const forgetting = 1 - 1 / 50;
/** Of what the server still has when it refused the others: a little room for what it counts otherwise. */
const belowRefused = 0.95;
const afterTimeouts = 0.7;
const leastOutageMs = 1_500;
const coolDown = { leastMs: 200, mostMs: 10_000 };

interface Episode {
  readonly since: number;
  readonly until: number;
  /** One episode never takes more than half. */
  readonly least: number;
  /** What was held before it. */
  readonly from: number;
}

export function createAutoConcurrency(
  { most, start = defaultStart }: AutoOptions,
  runtime: Pick<Runtime, 'now'>,
): AutoConcurrency {
  const startedAt = runtime.now();
  const history = createHistory();
  const told: (() => void)[] = [];
  const climb = createClimb({
    start,
    most,
    onChange: (now, limit, why) => {
      history.add({ at_ms: Math.round(Math.max(0, now - startedAt)), limit, why });
      for (const tell of told) tell();
    },
  });
  let refusals = 0;
  let meanMs = 0;
  let episode: Episode | null = null;
  let outage: { readonly since: number; readonly before: number } | null = null;

  const overloaded = (now: number, beganAt: number, isTimeout: boolean, retryAfterMs: number) => {
    refusals += 1;
    const isSame = episode !== null && (now < episode.until || beganAt <= episode.since);
    if (!isSame && (refusals <= mostRefusals || outage !== null)) return;
    if (episode === null || !isSame) {
      const restMs = Math.min(coolDown.mostMs, Math.max(coolDown.leastMs, 2 * meanMs, retryAfterMs));
      episode = { since: now, until: now + restMs, least: Math.ceil(climb.limit / 2), from: climb.held };
    } else if (isTimeout || beganAt > episode.since) return;
    const { least, until } = episode;
    const taken = Math.max(least, isTimeout ? Math.floor(climb.limit * afterTimeouts) : climb.inFlight);
    if (taken > climb.limit) return;
    const limit = Math.max(1, isTimeout ? taken : Math.floor(taken * belowRefused));
    const why = isTimeout ? 'timeouts' : 'refused';
    climb.cut(now, { limit, wall: Math.max(1, taken), restMs: until - now, why });
  };

  return {
    get limit() {
      return climb.limit;
    },
    onChange: (tell) => {
      told.push(tell);
    },
    began: () => {
      const beganAt = runtime.now();
      let isIn = true;
      climb.began(beganAt);
      return {
        ended: (failure, retryAfterMs) => {
          if (!isIn) return;
          isIn = false;
          const now = runtime.now();
          const isOverload = failure !== null && isOfOverload(failure);
          const isTold = failure === null && outage === null;
          if (isTold) meanMs = meanMs === 0 ? now - beganAt : meanMs * 0.95 + (now - beganAt) * 0.05;
          refusals *= forgetting;
          climb.left(now, isTold ? now - beganAt : null);
          if (isOverload) overloaded(now, beganAt, failure.kind === 'timeout', retryAfterMs ?? 0);
        },
      };
    },
    rest: (isOn) => {
      if (isOn === (outage !== null)) return;
      const now = runtime.now();
      if (isOn) {
        const isOfIt = episode !== null && now < episode.until;
        outage = { since: now, before: isOfIt && episode !== null ? episode.from : climb.held };
        return;
      }
      const { since, before } = outage ?? { since: now, before: climb.limit };
      outage = null;
      refusals = 0;
      // What the first look ends was no outage, but too many at once.
      if (now - since < leastOutageMs || climb.limit >= before) return;
      episode = null;
      climb.goBack(now, Math.ceil(before / 2), before);
    },
    facts: () => {
      const { held, bound } = climb;
      const settled = bound === null ? null : held;
      return { limit: climb.limit, settled, sentence: sentenceOf(held, bound), history: history.all() };
    },
  };
}

const ofOverload: readonly (number | null)[] = [408, 502, 504];

const isOfOverload = (failure: Failure): boolean =>
  isRefusal(failure) ||
  failure.kind === 'timeout' ||
  (failure.kind === 'http' && ofOverload.includes(failure.status));

const bounds: Record<NonNullable<Bound>, string> = {
  queues: 'the server queues above that',
  refuses: 'the server refuses above that',
  'times out': 'the server answers too late above that',
  most: 'as many as --max-concurrency allows',
};

const sentenceOf = (held: number, bound: Bound): string =>
  bound === null ? `ended at ${held}, before it had settled` : `settled at ${held}; ${bounds[bound]}`;

type Step = ConcurrencyFacts['history'][number] & { readonly why: Why };

const mostSteps = 200;

/** Past its bound every other step is forgotten, the first and the last never. */
function createHistory() {
  let steps: Step[] = [];
  return {
    add: (step: Step) => {
      if (steps.length === mostSteps) steps = steps.filter((_, at) => at % 2 === 0);
      steps.push(step);
    },
    all: () => [...steps],
  };
}
