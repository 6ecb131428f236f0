/** From signals to the two ways of stopping: first drain, then give up. */

import type { Io, StopSignal } from './io.ts';

export interface Stopping {
  /** Aborts at the first signal: no new job, those in flight end. */
  readonly drain: AbortSignal;
  /** Aborts at the second, or when the grace is over: those in flight are given up. */
  readonly abort: AbortSignal;
  /** The first that came. */
  readonly signal: StopSignal | null;
  close(): void;
}

export function listenToSignals(io: Io, graceMs: number, say: (line: string) => void): Stopping {
  const drain = new AbortController();
  const abort = new AbortController();
  let first: StopSignal | null = null;
  const stopListening = io.onSignal((signal) => {
    if (first !== null) {
      say('Giving up what is in flight: the same command finds it again.');
      return abort.abort();
    }
    first = signal;
    say(
      `${signal}: waiting up to ${Math.round(graceMs / 1_000)} s for what is in flight; once more gives it up.`,
    );
    drain.abort();
    void io.runtime.sleep(graceMs, abort.signal).then(() => abort.abort());
  });
  return {
    drain: drain.signal,
    abort: abort.signal,
    get signal() {
      return first;
    },
    close: () => {
      stopListening();
      abort.abort();
    },
  };
}
