/**
 * Threads that a late copy of `POST /threads`, still lying in some proxy, may make once more though nobody uses them:
 * known from the notes of all starts, as many in memory as there were.
 */

import type { Intent } from './types.ts';

export interface LooseThread {
  readonly key: string;
  readonly trial: number;
  readonly generation: number;
  readonly thread_id: string | null;
  /** Else only its making went unanswered. */
  readonly isGivenUp: boolean;
  /** Its job is not over, and goes on with it. */
  readonly isInUse: boolean;
}

export interface LooseThreads {
  /** Told of each note, in order. @param at Monotonic ms; null: by an earlier start. */
  see(intent: Intent, at: number | null): void;
  readonly all: readonly LooseThread[];
  /** When this start last noted that a request got lost; null where it did not. */
  readonly lastAt: number | null;
  /** Did a request get lost in an earlier start? */
  readonly wereBefore: boolean;
}

export function createLoose(): LooseThreads {
  const threads = new Map<string, LooseThread>();
  let lastAt: number | null = null;
  let wereBefore = false;
  return {
    get all() {
      return [...threads.values()];
    },
    get lastAt() {
      return lastAt;
    },
    get wereBefore() {
      return wereBefore;
    },
    see: ({ key, trial, generation, thread_id, mark, attempt }, at) => {
      const isLost = mark === 'abandoned' || mark === 'doubtful';
      if (!isLost && threads.size === 0) return; // as nearly all notes are
      const place = JSON.stringify([key, trial, generation]);
      const known = threads.get(place);
      if (!isLost) {
        // One that was given up and is used again had its run found on it after all.
        if (known !== undefined)
          threads.set(place, {
            ...known,
            isGivenUp: mark === 'closed' && known.isGivenUp,
            isInUse: mark !== 'closed',
          });
        return;
      }
      const isGivenUp = mark === 'abandoned' || known?.isGivenUp === true;
      const isInUse = mark === 'doubtful' && known?.isInUse === true;
      threads.set(place, { key, trial, generation, thread_id, isGivenUp, isInUse });
      // Without an attempt it is the start before, which was killed, whose request may be under way.
      if (at === null || (mark === 'doubtful' && attempt === 0)) wereBefore = true;
      else lastAt = at;
    },
  };
}
