/** What the scheduler does, handed in: processes, the state file, whom it tells. And how it paces itself. */

import type { Notice } from '../notice.ts';
import type { Ending } from './ending.ts';
import type { Schedule } from './schedule.ts';
import type { Firing, SchedulerState, ScheduleState } from './state.ts';
import type { Pauses, Work } from './transitions.ts';

export interface Effects {
  /** Which datasets a firing has, and where their batches go; null: to be asked again at the next look. */
  worksOf(schedule: Schedule, firing: Firing, state: ScheduleState): Promise<readonly Work[] | null>;
  /** Runs a batch, or goes on with it, and resolves once its process has ended. @param signal Aborts: it is to stop. */
  run(schedule: Schedule, work: Work, signal: AbortSignal): Promise<Ending>;
  /** Makes the state durable. @throws SinkError where it cannot be now; LockedError where another has it. */
  save(state: SchedulerState): Promise<void>;
  /** Resolves once it cannot be lost. @throws SinkError */
  tell(notice: Notice): Promise<void>;
  /** A firing is over, and that is durable. */
  over(schedule: Schedule, state: ScheduleState): Promise<void>;
  /** For people. */
  say(line: string): void;
}

export interface SchedulerOptions extends Pauses {
  /** The clock is looked at as often, ms: it may be set, and the machine may sleep. */
  readonly lookEveryMs: number;
}

export const schedulerDefaults = {
  lookEveryMs: 5_000,
  firstPauseMs: 10_000,
  longestPauseMs: 600_000,
} as const satisfies SchedulerOptions;
