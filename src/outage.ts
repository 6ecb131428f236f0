/**
 * While the server refuses everything, the batch waits as one: no turn spends its tries, and the server is left alone
 * but for a look now and then (docs/design/outage.md).
 */

import type { Runtime } from './runtime.ts';
import type { Stop } from './summary-types.ts';
import type { Failure } from './types.ts';

export interface Outage {
  /** Does the batch wait? */
  readonly isOn: boolean;
  /** Why the batch stops, once it has waited too long. */
  readonly stop: Stop | null;
  /**
   * Tells when a request may be sent: at once in good times; in an outage for one at a time, or when it is over.
   * Null: the batch stops first.
   */
  enter(step: Step): Visit | null | Promise<Visit | null>;
  close(): void;
}

/** `prepare` runs nothing: that it works does not say that the agent would. */
export type Step = 'prepare' | 'ask';

/** One try at the server. */
export interface Visit {
  /** The server took the request, whatever comes of it. */
  accepted(): void;
  /** Whatever it is told twice counts once. @param failure Null: it came to an outcome. */
  ended(failure: Failure | null, retryAfterMs: number | null): void;
}

export interface OutageOptions {
  /** As many refusals in a row are an outage, and at most ten. It may change. */
  readonly concurrency: number;
  readonly giveUpMs: number;
  /** Is the server there? Asks nothing of the agent. Default: a turn is sent to find out. */
  readonly probe?: ((signal: AbortSignal) => Promise<boolean>) | undefined;
  /** Told when an outage begins, before each look, and when it is over. */
  readonly onChange?: ((state: OutageState) => void) | undefined;
  /** Told once it has lasted too long. */
  readonly onGivenUp?: (() => void) | undefined;
  /** Aborts: nobody who waits is let through any more. */
  readonly drain: AbortSignal;
}

export interface OutageState {
  readonly isOn: boolean;
  /** How long it has lasted, ms. */
  readonly lastedMs: number;
  /** The last refusal. */
  readonly why: Failure;
  /** ms until the next look. */
  readonly nextLookMs: number;
}

/** The server, or the way to it, refuses: it may be better later. */
export const isRefusal = ({ kind, code }: Failure): boolean =>
  kind === 'connect' || code === 'HTTP_429' || code === 'HTTP_503';

const mostInARow = 10;
const baseMs = 1_000;
const mostMs = 30_000;

/** ms until the n-th look, from 0: equal jitter, and never sooner than the server asked. @param random 0 ≤ random < 1. */
export const lookDelayMs = (look: number, retryAfterMs: number, random: number): number =>
  Math.max(retryAfterMs, Math.min(mostMs, baseMs * 2 ** look) * (0.5 + random / 2));

/** What one that was sent to find out has found: `prepared` says nothing of those that ask. */
type Came = 'taken' | 'prepared' | 'refused';

interface Waiting {
  readonly step: Step;
  readonly go: (visit: Visit | null) => void;
}

export function createOutage(options: OutageOptions, runtime: Runtime): Outage {
  const { giveUpMs, drain, onChange } = options;
  const closed = new AbortController();
  const over = AbortSignal.any([drain, closed.signal]);
  const waiting = new Set<Waiting>();
  let refusals = 0;
  let last: { readonly why: Failure; readonly until: number } | null = null;
  let isOn = false;
  let stop: Stop | null = null;
  let onArrival = () => {};

  const releaseAll = (visit: (step: Step) => Visit | null) => {
    const all = [...waiting];
    waiting.clear();
    for (const { step, go } of all) go(visit(step));
  };
  over.addEventListener('abort', () => {
    releaseAll(() => null);
    onArrival();
  });

  /** @param verdict Told what came of it. */
  const visitFor = (step: Step, verdict?: (came: Came) => void): Visit => {
    let told: Failure | null = null;
    return {
      accepted: () => {
        refusals = 0;
        verdict?.('taken');
      },
      ended: (failure, retryAfterMs) => {
        const isRefused = failure !== null && isRefusal(failure);
        if (isRefused && failure !== told) refuse(failure, retryAfterMs ?? 0);
        if (!isRefused && step === 'ask') refusals = 0;
        told = failure;
        verdict?.(isRefused ? 'refused' : step === 'ask' ? 'taken' : 'prepared');
      },
    };
  };
  const refuse = (why: Failure, retryAfterMs: number) => {
    refusals += 1;
    last = { why, until: runtime.now() + retryAfterMs };
    if (refusals >= Math.min(mostInARow, options.concurrency) && !isOn && !over.aborted) void waitItOut(why);
  };

  /** Sends one that waits. Rather one that asks: that proves more. */
  const sendOne = async (): Promise<Came> => {
    while (waiting.size === 0 && !over.aborted) {
      await new Promise<void>((resolve) => {
        onArrival = resolve;
      });
    }
    const all = [...waiting];
    const scout = all.find(({ step }) => step === 'ask') ?? all[0];
    if (scout === undefined) return 'refused';
    waiting.delete(scout);
    return new Promise((verdict) => scout.go(visitFor(scout.step, verdict)));
  };

  const waitItOut = async (first: Failure) => {
    isOn = true;
    const since = runtime.now();
    for (let look = 0; !over.aborted; look += 1) {
      const { why, until } = last ?? { why: first, until: 0 };
      const leftMs = since + giveUpMs - runtime.now();
      const nextLookMs = Math.min(lookDelayMs(look, until - runtime.now(), runtime.random()), leftMs);
      onChange?.({ isOn, lastedMs: runtime.now() - since, why, nextLookMs });
      await runtime.sleep(nextLookMs, over);
      if (over.aborted) break;
      if (runtime.now() - since >= giveUpMs) {
        stop = { code: 'unreachable', message: gaveUp(why, giveUpMs) };
        releaseAll(() => null);
        options.onGivenUp?.();
        return;
      }
      if (options.probe !== undefined && !(await options.probe(over))) continue;
      let came: Came = 'prepared';
      while (came === 'prepared') came = await sendOne();
      if (came === 'refused') continue;
      isOn = false;
      refusals = 0;
      onChange?.({ isOn, lastedMs: runtime.now() - since, why, nextLookMs: 0 });
      releaseAll((step) => visitFor(step));
      return;
    }
  };

  return {
    get isOn() {
      return isOn;
    },
    get stop() {
      return stop;
    },
    enter: (step) => {
      if (!isOn) return visitFor(step);
      if (over.aborted || stop !== null) return null;
      return new Promise((go) => {
        waiting.add({ step, go });
        onArrival();
      });
    },
    close: () => closed.abort(),
  };
}

const gaveUp = ({ code, message }: Failure, giveUpMs: number) =>
  `the server refused everything for ${Math.round(giveUpMs / 1_000)} s (--give-up): ${code}: ${message}`;
