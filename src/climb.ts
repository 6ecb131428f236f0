/**
 * Looks for the limit from which on a server only queues: tries a higher or a lower one for a round, and compares it
 * with the round just before (docs/design/concurrency.md). Pure: the time is handed in.
 */

import { blended, createMeter, errorOf, queueingBetween, type Round } from './round.ts';

export type Why =
  | 'starts'
  | 'tries more'
  | 'tries less'
  | 'the server keeps up'
  | 'the server queues'
  | 'no gain'
  | 'no less queueing'
  | 'refused'
  | 'timeouts'
  | 'back after an outage';

/** What keeps the limit from growing; null while nothing is known to. */
export type Bound = 'queues' | 'refuses' | 'times out' | 'most' | null;

export interface Climb {
  readonly limit: number;
  /** The limit that is known to be good: what is tried for a round is not. */
  readonly held: number;
  /** What held it, once the first climb is over. */
  readonly bound: Bound;
  readonly inFlight: number;
  began(now: number): void;
  /** @param latencyMs Null: it came to no outcome. */
  left(now: number, latencyMs: number | null): void;
  /** Lowers the limit. @param wall So many the server seems to take. @param restMs No growth before. */
  cut(now: number, to: { limit: number; wall: number; restMs: number; why: 'refused' | 'timeouts' }): void;
  /** Doubles, without asking whether it queues, until it is there again. */
  goBack(now: number, from: number, to: number): void;
}

export interface ClimbOptions {
  readonly start: number;
  readonly most: number;
  readonly onChange: (now: number, limit: number, why: Why) => void;
}

interface Trial {
  readonly way: 'up' | 'down';
  /** The round before it. */
  readonly from: Round;
  readonly was: number;
  /** Too small a step to tell a queue by: kept unless it is refused. */
  readonly isBlind: boolean;
}

/** Ended requests that a round has at least: as many as are in flight, and enough to be sure of its mean. */
const leastEnded = 16;
/** Standard errors. */
const nearEnough = 0.15;
const tellable = 0.25;
const enoughEnded = 64;
/** Of what is in flight more, so much may be queued before it counts as no gain. */
const mostQueued = 0.6;
/** A lower limit is kept only where nearly all above it was queued: a queue at the server costs nothing but its length. */
const surelyQueued = 0.8;
/** Above what the estimate says: being over costs little, being under costs throughput. */
const headroom = 1.1;
const firstFactor = 1.25;
const firstCreep = 1.03;
const rests = { up: { firstMs: 3_000, mostMs: 10_000 }, down: { firstMs: 20_000, mostMs: 120_000 } };
const wallRest = { firstMs: 10_000, mostMs: 20_000 };

export function createClimb({ start, most, onChange }: ClimbOptions): Climb {
  const meter = createMeter();
  let limit = Math.min(start, most);
  let isFirst = true;
  let bound: Bound = null;
  /** The held limit's rounds so far. */
  let known: Round | null = null;
  let trial: Trial | null = null;
  let goal: number | null = null;
  /** Requests that must end before what is measured is the new limit's. */
  let toPass = 0;
  let factor = 2;
  const rest = { up: rests.up.firstMs as number, down: rests.down.firstMs as number };
  const due = { up: 0, down: Number.POSITIVE_INFINITY };
  let wall: { at: number; until: number } | null = null;
  let wallMs = 0;
  let creep = firstCreep;

  const change = (now: number, to: number, why: Why) => {
    toPass = Math.max(limit, to);
    limit = to;
    meter.reset(now);
    onChange(now, limit, why);
  };
  const begin = (now: number, way: Trial['way'], to: number, of: Pick<Trial, 'from' | 'isBlind'>) => {
    trial = { ...of, way, was: limit };
    change(now, to, way === 'up' ? 'tries more' : 'tries less');
  };
  const settle = (now: number, by: Bound) => {
    if (isFirst) due.down = now + rest.down;
    isFirst = false;
    bound = by;
    factor = firstFactor;
  };

  const tryMore = (now: number, from: Round) => {
    if (wall !== null && limit > 1.5 * wall.at) wall = null;
    let to = limit * (isFirst ? factor : Math.max(factor, tellableFactor(from)));
    if (wall !== null && now < wall.until) to = Math.min(to, wall.at);
    else if (wall !== null) {
      // Beyond what refused before by a small step, then by ever larger ones.
      to = Math.min(to, limit * creep);
      creep = 1 + (creep - 1) * 2;
    }
    to = Math.min(most, Math.max(limit + 1, Math.round(to)));
    if (wall !== null && now < wall.until) to = Math.min(to, wall.at);
    if (to > limit) {
      begin(now, 'up', to, { from, isBlind: wall !== null || to < limit * 1.1 });
      return;
    }
    if (limit === most) settle(now, 'most');
    due.up = Math.max(now + rest.up, wall?.until ?? 0);
  };

  const heldFor = (now: number, round: Round) => {
    const isLonger =
      known !== null &&
      round.logMean - known.logMean > Math.log(1.7) + 2 * Math.hypot(errorOf(known), errorOf(round));
    if (isLonger && limit > 1 && !isFirst) {
      // Twice as long may be half the server, or only longer prompts: a lower limit tells.
      const ratio = Math.exp((known?.logMean ?? 0) - round.logMean);
      known = round;
      begin(now, 'down', Math.max(1, Math.floor(limit * Math.max(0.7, ratio))), {
        from: round,
        isBlind: false,
      });
      return;
    }
    known = known === null ? round : blended(known, round);
    if (now >= due.up) tryMore(now, known);
    else if (now >= due.down && limit > 1)
      begin(now, 'down', Math.floor(limit / Math.min(1.5, tellableFactor(known))), {
        from: known,
        isBlind: false,
      });
    if (trial === null) meter.reset(now);
  };

  const triedMore = (now: number, { from, was, isBlind }: Trial, round: Round) => {
    const queueing = queueingBetween(from, round);
    const isSure = isBlind || Math.abs(queueing.share - mostQueued) > 1.5 * queueing.error;
    // The first climb hurries, and decides doubt upward: it goes on unless it rather surely queues.
    const isGain = isBlind || queueing.share - (isFirst ? queueing.error / 2 : 0) <= mostQueued;
    const mayStop = isFirst && queueing.share > mostQueued;
    if (!isSure && mayStop && round.ended < Math.max(enoughEnded, 2 * limit)) return;
    if (!isSure && !isFirst && round.ended < 2 * Math.max(enoughEnded, limit)) return;
    trial = null;
    if (isGain) {
      known = round;
      factor = isFirst ? 2 : Math.min(2, 1 + (factor - 1) * 2);
      rest.up = rests.up.firstMs;
      if (!isBlind) wallMs = 0;
      onChange(now, limit, 'the server keeps up');
      tryMore(now, round);
      if (trial === null) meter.reset(now);
      return;
    }
    // Little's law: as many as were in flight before, times what it brought more.
    const knee = Math.ceil(from.inFlight * (round.rate / from.rate) * (isFirst ? headroom : 1));
    const isLarge = limit / was > firstFactor + 0.1;
    const to = isLarge ? Math.max(was, Math.min(limit, knee)) : was;
    rest.up = isFirst ? rest.up : Math.min(rests.up.mostMs, rest.up * 2);
    settle(now, 'queues');
    due.up = now + rest.up;
    if (to !== was) known = null;
    change(now, to, isLarge ? 'the server queues' : 'no gain');
  };

  const triedLess = (now: number, { from, was }: Trial, round: Round) => {
    const queueing = queueingBetween(from, round);
    const isSure = Math.abs(queueing.share - surelyQueued) > 1.5 * queueing.error;
    if (!isSure && round.ended < 2 * Math.max(enoughEnded, limit)) return;
    trial = null;
    if (queueing.share > surelyQueued) {
      known = round;
      rest.down = rests.down.firstMs;
      due.down = now + rests.up.firstMs;
      due.up = Math.max(due.up, now + rests.up.firstMs);
      bound = 'queues';
      onChange(now, limit, 'the server queues');
      meter.reset(now);
      return;
    }
    rest.down = Math.min(rests.down.mostMs, rest.down * 2);
    due.down = now + rest.down;
    change(now, was, 'no less queueing');
  };

  const look = (now: number) => {
    if (toPass > 0) {
      toPass -= 1;
      if (toPass === 0 && goal !== null && limit < goal) {
        change(now, Math.min(goal, limit * 2), 'back after an outage');
      } else if (toPass === 0) {
        goal = null;
        meter.reset(now);
      }
      return;
    }
    if (meter.ended < Math.max(leastEnded, limit)) return;
    const round = meter.round(now);
    if (!isFirst && errorOf(round) > nearEnough && round.ended < Math.max(enoughEnded, 2 * limit)) return;
    // A limit that is not used says nothing.
    if (round.inFlight < 0.8 * limit) meter.reset(now);
    else if (trial === null) heldFor(now, round);
    else if (trial.way === 'up') triedMore(now, trial, round);
    else triedLess(now, trial, round);
  };

  onChange(0, limit, 'starts');
  return {
    get limit() {
      return limit;
    },
    get held() {
      return trial?.was ?? limit;
    },
    get bound() {
      return bound;
    },
    get inFlight() {
      return meter.inFlight;
    },
    began: (now) => meter.began(now),
    left: (now, latencyMs) => {
      meter.left(now, latencyMs);
      if (latencyMs !== null) look(now);
    },
    cut: (now, to) => {
      creep = firstCreep;
      wallMs = Math.min(
        wallRest.mostMs,
        wallMs === 0 ? wallRest.firstMs : wall === null ? wallMs * 2 : wallMs,
      );
      settle(now, to.why === 'refused' ? 'refuses' : 'times out');
      wall = { at: to.wall, until: now + wallMs };
      due.up = now + to.restMs;
      trial = null;
      goal = null;
      known = null;
      if (to.limit < limit) change(now, to.limit, to.why);
    },
    goBack: (now, from, to) => {
      trial = null;
      known = null;
      wall = null;
      goal = to;
      change(now, Math.min(from, to), 'back after an outage');
    },
  };
}

/** So much more that it shows, by how much the latencies differ of their own. */
const tellableFactor = ({ logVariance }: Round): number =>
  Math.max(firstFactor, Math.min(2, Math.exp(Math.sqrt((2 * logVariance) / enoughEnded) / tellable)));
