/** From signals, and from --deadline, to the two ways of stopping: first drain, then give up. */

import type { Config } from '../options.ts';
import { formatDuration, formatTimeLeft } from '../reports/figures.ts';
import type { Stop } from '../summary-types.ts';
import type { Io } from './io.ts';

export interface Stopping {
  /** Aborts at the first signal, and at the deadline: no new job, those in flight end. */
  readonly drain: AbortSignal;
  /** Aborts at a second signal, or when the grace is over: those in flight are given up. */
  readonly abort: AbortSignal;
  /** What came first. */
  readonly stop: Stop | null;
  close(): void;
}

export function listenForStops(
  io: Io,
  { graceMs, deadlineMs }: Pick<Config, 'graceMs' | 'deadlineMs'>,
  say: (line: string) => void,
): Stopping {
  const drain = new AbortController();
  const abort = new AbortController();
  let stop: Stop | null = null;
  const begin = (why: Stop, told: string) => {
    const once = why.code === 'signal' ? 'once more' : 'Ctrl-C';
    stop = why;
    say(`${told}: waiting up to ${formatTimeLeft(graceMs)} for what is in flight; ${once} gives it up.`);
    drain.abort();
    void io.runtime.sleep(graceMs, abort.signal).then(() => abort.abort());
  };
  const stopListening = io.onSignal((signal) => {
    if (stop === null) return begin({ code: 'signal', signal, message: `stopped by ${signal}` }, signal);
    say('Giving up what is in flight: the same command finds it again.');
    abort.abort();
  });
  if (deadlineMs !== null) {
    const message = `${formatDuration(deadlineMs)} have passed (--deadline)`;
    void io.runtime.sleep(deadlineMs, abort.signal).then(() => {
      if (stop === null && !abort.signal.aborted) begin({ code: 'try_later', message }, message);
    });
  }
  return {
    drain: drain.signal,
    abort: abort.signal,
    get stop() {
      return stop;
    },
    close: () => {
      stopListening();
      abort.abort();
    },
  };
}
