/** What a schedule waits for, by its state. Pure. */

import type { Busy } from './due.ts';
import type { Schedule } from './schedule.ts';
import type { FiringBatch, ScheduleState } from './state.ts';

type Running = ReadonlySet<FiringBatch>;

export function busyOf({ firing }: ScheduleState, running: Running): Busy {
  if (firing === null) return 'free';
  const batches = firing.batches ?? [];
  const isTriedAgain = batches.some(({ end, tries }) => end === null && tries > 0);
  return isTriedAgain && !batches.some((batch) => running.has(batch)) ? 'waits' : 'runs';
}

/** Has it come, or is it further off than anything is ever put off: was the clock set back since? */
export const hasCome = (time: string, now: number, longestMs: number): boolean =>
  Date.parse(time) <= now || Date.parse(time) - now > longestMs;

/** Batches of its firing that may start by now. */
export function startable(
  { firing }: ScheduleState,
  running: Running,
  { now, longestPauseMs }: { readonly now: number; readonly longestPauseMs: number },
): readonly FiringBatch[] {
  const waiting = (firing?.batches ?? []).filter((batch) => batch.end === null && !running.has(batch));
  return waiting.filter(({ next_try_at }) => hasCome(next_try_at, now, longestPauseMs));
}

/** When something is to be done next, after a time, ms; in no order. */
export function nextMoments(
  { timetable }: Schedule,
  { decided_up_to, firing }: ScheduleState,
  after: number,
): readonly number[] {
  const next = timetable.after(Math.max(after, Date.parse(decided_up_to)));
  const tries = (firing?.batches ?? []).map(({ next_try_at }) => Date.parse(next_try_at));
  const start = firing === null ? [] : [Date.parse(firing.starts_at)];
  return [...(next === null ? [] : [next]), ...tries, ...start].filter((at) => at > after);
}
