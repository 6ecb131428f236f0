/** At the batch's end: the threads that a late request may have made anew are looked at once more. */

import type { Swept } from '../agent/sweep.ts';
import type { LooseThread, LooseThreads } from '../loose.ts';
import type { Runtime } from '../runtime.ts';

export interface SweepOptions {
  readonly sweep: (thread: LooseThread, signal: AbortSignal) => Promise<Swept>;
  readonly runtime: Runtime;
  /** When this start began, monotonic ms. */
  readonly startedAt: number;
  /** Aborts: the next start sweeps. */
  readonly drain: AbortSignal;
}

export interface SweepEnd {
  /** Threads of which it is not known yet that they are gone. */
  readonly left: number;
  /** For a person to know, a sentence each. */
  readonly notes: readonly string[];
}

/** How long a request may lie in a proxy and still be swept up after. */
const lateMs = 5_000;
const atOnce = 10;
const mostNamed = 3;

export async function sweepLoose(loose: LooseThreads, options: SweepOptions): Promise<SweepEnd> {
  const { runtime, startedAt, drain } = options;
  const idle = loose.all.filter(({ isInUse }) => !isInUse);
  const waiting = idle.values();
  const found: Record<Swept, LooseThread[]> = { clean: [], busy: [], ran: [], unknown: [] };
  if (idle.length === 0) return { left: 0, notes: [] };

  const since = loose.lastAt ?? (loose.wereBefore ? startedAt : Number.NEGATIVE_INFINITY);
  const waitMs = since + lateMs - runtime.now();
  if (waitMs > 0) await runtime.sleep(waitMs, drain);
  const sweepOn = async () => {
    for (const thread of waiting) {
      if (drain.aborted) return;
      found[await options.sweep(thread, drain)].push(thread);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sweepOn));

  return {
    left: found.busy.length + found.unknown.length,
    notes: [
      ...(found.ran.length > 0
        ? [
            `${named(found.ran)}: a request that was given up arrived late and ran all the same, so the agent may have been asked twice; the thread is kept`,
          ]
        : []),
      ...(found.busy.length > 0
        ? [
            `${named(found.busy)}: a run is under way on a thread that was given up: a late request; it is not deleted`,
          ]
        : []),
    ],
  };
}

function named(threads: readonly LooseThread[]): string {
  const names = threads.slice(0, mostNamed).map(({ key, trial }) => {
    const name = key.replace(/^(id|thread):/, '');
    return trial === 1 ? name : `${name} trial ${trial}`;
  });
  const more = threads.length > mostNamed ? ` and ${threads.length - mostNamed} more` : '';
  return `${names.join(', ')}${more}`;
}
