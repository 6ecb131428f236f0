/** What requests under one limit tell, and whether the server queued some of them. Pure: the time is handed in. */

/** A stretch of time under one limit. */
export interface Round {
  /** Requests that came to an outcome. */
  readonly ended: number;
  /** They, for each ms. */
  readonly rate: number;
  /** How many were in flight, on average. */
  readonly inFlight: number;
  /** Mean and variance of the logarithms of their latencies: one answer that took a hundred times as long hides none. */
  readonly logMean: number;
  readonly logVariance: number;
}

export interface Meter {
  readonly inFlight: number;
  /** Requests that came to an outcome in this round. */
  readonly ended: number;
  began(now: number): void;
  /** @param latencyMs Null: it came to no outcome. */
  left(now: number, latencyMs: number | null): void;
  round(now: number): Round;
  /** A new round begins. */
  reset(now: number): void;
}

export function createMeter(): Meter {
  let inFlight = 0;
  let since = 0;
  let last = 0;
  let busy = 0;
  let ended = 0;
  let sum = 0;
  let squares = 0;
  const advance = (now: number) => {
    busy += inFlight * (now - last);
    last = now;
  };

  return {
    get inFlight() {
      return inFlight;
    },
    get ended() {
      return ended;
    },
    began: (now) => {
      advance(now);
      inFlight += 1;
    },
    left: (now, latencyMs) => {
      advance(now);
      inFlight -= 1;
      if (latencyMs === null) return;
      const log = Math.log(Math.max(0.1, latencyMs));
      ended += 1;
      sum += log;
      squares += log * log;
    },
    round: (now) => {
      advance(now);
      const elapsedMs = Math.max(0.1, now - since);
      const logMean = sum / ended;
      return {
        ended,
        rate: ended / elapsedMs,
        inFlight: busy / elapsedMs,
        logMean,
        logVariance: Math.max(0, squares / ended - logMean * logMean),
      };
    },
    reset: (now) => {
      since = now;
      last = now;
      busy = 0;
      ended = 0;
      sum = 0;
      squares = 0;
    },
  };
}

/** How far off the mean of the logarithms may be, as one standard error. */
export const errorOf = ({ logVariance, ended }: Round): number => Math.sqrt(logVariance / ended);

export interface Queueing {
  /** 0: more in flight, as much more done, and none waits longer. 1: as much done as before, all wait longer. */
  readonly share: number;
  /** One standard error of it. */
  readonly error: number;
}

/** How much of what one round had more in flight than the other only waited at the server. */
export function queueingBetween(one: Round, other: Round): Queueing {
  const step = Math.log(other.inFlight / one.inFlight);
  const longer = (other.logMean - one.logMean) / step;
  const more = Math.log(other.rate / one.rate) / step;
  return {
    share: (longer + 1 - more) / 2,
    error: Math.hypot(errorOf(one), errorOf(other)) / Math.abs(step),
  };
}

/** Both as one, the earlier counting half as much as it did. */
export function blended(earlier: Round, later: Round): Round {
  const ended = earlier.ended / 2 + later.ended;
  const mean = (key: 'rate' | 'inFlight' | 'logMean' | 'logVariance') =>
    ((earlier[key] * earlier.ended) / 2 + later[key] * later.ended) / ended;
  return {
    ended,
    rate: mean('rate'),
    inFlight: mean('inFlight'),
    logMean: mean('logMean'),
    logVariance: mean('logVariance'),
  };
}
