/** How fast turns end, smoothed. */
export interface Pace {
  /** Tells how many had ended at a time. */
  mark(now: number, done: number): void;
  /** Turns a second up to `now`; null before any ended. */
  perSecond(now: number): number | null;
}

interface Mark {
  readonly at: number;
  readonly done: number;
}

/** What a window holds at least, so that neither a slow batch nor a fast one jumps about. */
const fewestMs = 30_000;
const fewestDone = 20;

/**
 * Measures over a window of one to two times the fewest, in constant memory.
 *
 * @param done Ended before: what an earlier start did says nothing about this one.
 */
export function createPace(now: number, done: number): Pace {
  let since: Mark = { at: now, done };
  let next: Mark = since;
  let latest: Mark = since;

  return {
    mark(at, doneNow) {
      latest = { at, done: doneNow };
      if (at - next.at < fewestMs || doneNow - next.done < fewestDone) return;
      since = next;
      next = latest;
    },
    perSecond(at) {
      const seconds = (at - since.at) / 1_000;
      const ended = latest.done - since.done;
      return seconds > 0 && ended > 0 ? ended / seconds : null;
    },
  };
}
