/** Which firings are to begin, to wait, or are missed. Pure. */

import type { Timetable } from './cron.ts';
import type { Schedule } from './schedule.ts';

/** What a schedule is at. `waits`: the last try of its firing could not go on, and another is to come. */
export type Busy = 'free' | 'runs' | 'waits';

export interface Standing {
  /** ms; what was due up to here is decided. */
  readonly decidedUpTo: number;
  readonly busy: Busy;
  /** When the firing was due that waits for the end of the one that runs. */
  readonly queued: number | null;
}

export interface Missed {
  readonly due: number;
  /** `late`: nobody was there · `overlap`: the one before still ran. */
  readonly why: 'late' | 'overlap';
}

export interface Decision {
  readonly decidedUpTo: number;
  /** To begin now. Where a firing waits for another try, that is given up. */
  readonly fire: number | null;
  readonly queued: number | null;
  readonly missed: readonly Missed[];
}

/** What is later than this was not waited for: the process was down, or the machine asleep, or the clock was set. */
export const lateAfterMs = 60_000;
/** Of a long sleep: more are not listed one by one. */
export const mostListed = 1_000;

/** @param now The wall clock, which may have been set; nothing is decided twice if it was set back. */
export function decide(schedule: Schedule, standing: Standing, now: number): Decision {
  const { decidedUpTo, queued } = standing;
  const dues = duesOf(schedule.timetable, decidedUpTo, now);
  const isLate = (due: number) => now - due > lateAfterMs;
  const late = dues.filter(isLate);
  const onTime = dues.filter((due) => !isLate(due));
  // The latest is not made up for where the next is due by now.
  const madeUpFor = onTime.length === 0 && schedule.catchUp === 'latest' ? late.slice(-1) : [];
  const missed: Missed[] = late
    .filter((due) => !madeUpFor.includes(due))
    .map((due) => ({ due, why: 'late' }));
  const begun = begin([...madeUpFor, ...onTime], { schedule, busy: standing.busy, queued });
  return {
    decidedUpTo: Math.max(decidedUpTo, now),
    fire: begun.fire,
    queued: begun.queued,
    missed: [...missed, ...begun.missed],
  };
}

interface Beginning {
  readonly schedule: Schedule;
  readonly busy: Busy;
  readonly queued: number | null;
}

function begin(dues: readonly number[], { schedule, busy, queued: waiting }: Beginning) {
  const missed: Missed[] = [];
  let isBusy = busy === 'runs';
  let queued = waiting;
  let fire: number | null = null;
  for (const due of dues) {
    if (!isBusy) {
      fire = due;
      isBusy = true;
    } else if (schedule.overlap === 'skip') missed.push({ due, why: 'overlap' });
    else {
      if (queued !== null) missed.push({ due: queued, why: 'overlap' });
      queued = due;
    }
  }
  return { fire, queued, missed };
}

/** Of more late ones than can be listed, the first and the last two: from which to which is true, whichever is made up for. */
function duesOf({ after, upTo }: Timetable, from: number, to: number): number[] {
  const dues: number[] = [];
  for (let due = after(from); due !== null && due <= to; due = after(due)) {
    dues.push(due);
    if (dues.length !== mostListed) continue;
    const last = upTo(to - lateAfterMs - 1) ?? due;
    const lastButOne = upTo(last - 1) ?? due;
    if (lastButOne <= due) continue;
    dues.push(lastButOne, last);
    due = last;
  }
  return dues;
}

/** When a firing starts: spread over the jitter, always the same for the same firing. @param share 0 ≤ x < 1. */
export const startOf = (due: number, { jitterMs }: Schedule, share: number): number =>
  due + Math.floor(share * jitterMs);
