/** How the state of a schedule changes. No effects: each step is whole in memory, and durable once it is saved. */

import { startOf } from './due.ts';
import { healthOf, worstOf } from './ending.ts';
import type { Schedule } from './schedule.ts';
import {
  type BatchEnd,
  type Firing,
  type FiringBatch,
  type Health,
  iso,
  mostEnded,
  type ScheduleState,
} from './state.ts';

export const firingAt = (due: number, schedule: Schedule, share: number): Firing => ({
  due: iso(due),
  starts_at: iso(startOf(due, schedule, share)),
  batches: null,
});

/** What a batch is run on. */
export type Work = Pick<FiringBatch, 'dataset' | 'directory' | 'file'>;

/** The firing has its batches; files that are new among them are known from now on. */
export function take(state: ScheduleState, firing: Firing, works: readonly Work[]): void {
  firing.batches = works.map((work) => ({ ...work, tries: 0, next_try_at: firing.starts_at, end: null }));
  for (const work of works) {
    if (work.file === null || arrivedOf(state, work) !== undefined) continue;
    const { dataset: path, directory, file } = work;
    state.arrived.push({ path, directory, ...file, is_done: false });
  }
}

/** A batch has ended; a file is done with only where its batch is finished. */
export function end(
  state: ScheduleState,
  batch: FiringBatch,
  how: { readonly end: BatchEnd; readonly isFinished: boolean },
): void {
  batch.end = how.end;
  const arrived = arrivedOf(state, batch);
  if (arrived !== undefined) arrived.is_done ||= how.isFinished;
}

const arrivedOf = ({ arrived }: ScheduleState, { dataset, file }: Work) =>
  file === null ? undefined : arrived.find(({ path, sha256 }) => path === dataset && sha256 === file.sha256);

/** How a firing whose batches have all ended went, and the batch that says so; null where it had none. */
export function verdictOf({
  batches,
}: Firing): { readonly health: Health; readonly batch: FiringBatch } | null {
  const ended = batches ?? [];
  const healths = ended.flatMap(({ end }) => (end === null ? [] : [healthOf(end)]));
  const health = worstOf(healths);
  const batch = ended[healths.indexOf(health)];
  return batch === undefined ? null : { health, batch };
}

/** The firing is over; one that waited for its end takes its place. */
export function close(state: ScheduleState, schedule: Schedule, nowMs: number): void {
  const { firing, queued } = state;
  const verdict = firing === null ? null : verdictOf(firing);
  if (firing !== null && verdict !== null) {
    const { health } = verdict;
    state.health = health;
    state.ended.push({ due: firing.due, ended_at: iso(nowMs), health, batches: firing.batches ?? [] });
    state.ended.splice(0, state.ended.length - mostEnded);
  }
  state.firing = queued === null ? null : firingAt(Date.parse(queued), schedule, 0);
  state.queued = null;
}

export interface Pauses {
  /** Before a batch that could not go on is tried again, ms: the double each time. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

/** Sets when the batch is tried again, and gives after how long, ms: between half of what the pause may be and all of it. */
export function postpone(batch: FiringBatch, nowMs: number, pauses: Pauses, share: number): number {
  const longest = Math.min(pauses.longestPauseMs, pauses.firstPauseMs * 2 ** batch.tries);
  const pauseMs = longest * (0.5 + share / 2);
  batch.tries += 1;
  batch.next_try_at = iso(nowMs + pauseMs);
  return pauseMs;
}
