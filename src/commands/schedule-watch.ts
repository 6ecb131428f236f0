/** The scheduler as it is seen from outside: a line of the log for each notice, and `--listen`. */

import { access, constants } from 'node:fs/promises';
import type { Notice } from '../notice.ts';
import { exposition } from '../reports/exposition.ts';
import type { Lock } from '../results/hold.ts';
import type { Effects } from '../schedules/effects.ts';
import type { Schedule } from '../schedules/schedule.ts';
import type { Scheduler } from '../schedules/scheduler.ts';
import type { SchedulerState, ScheduleState } from '../schedules/state.ts';
import type { Listening } from '../telemetry/listen.ts';
import { processFacts } from '../telemetry/process-facts.ts';
import { createScheduleMetrics, type ScheduleStanding } from '../telemetry/schedule-metrics.ts';
import type { ListenAddress } from '../values.ts';
import type { Io } from './io.ts';

export interface Watched {
  readonly schedules: () => readonly Schedule[];
  readonly state: SchedulerState;
  readonly scheduler: Pick<Scheduler, 'lookedAt'>;
  readonly lock: Pick<Lock, 'lost'>;
  /** Where state and batches are written. */
  readonly out: string;
}

/** A look may wait for a slow disk; after so long without one it hangs. */
const longestLookMs = 60_000;

export function createScheduleWatch(io: Io) {
  const metrics = createScheduleMetrics();
  const tell = (notice: Notice) => {
    metrics.tell(notice);
    const isBad = notice.event !== 'started' && notice.event !== 'finished' && notice.event !== 'recovered';
    io.log?.write(isBad ? 'warn' : 'info', 'notice', noticeFields(notice));
  };
  return {
    /** The same, and whoever watches is told what cannot be lost any more. */
    effects: (effects: Effects): Effects => ({
      ...effects,
      tell: async (notice) => {
        await effects.tell(notice);
        tell(notice);
      },
    }),
    listen: async (address: ListenAddress, watched: Watched): Promise<Listening> => {
      const { listen } = await import('../telemetry/listen.ts');
      const { scheduler, lock, out } = watched;
      const healthFault = () => {
        const agoMs = io.runtime.now() - scheduler.lookedAt;
        return agoMs < longestLookMs ? null : `no look at the clock for ${Math.round(agoMs / 1_000)} s`;
      };
      return listen(address, {
        metrics: () =>
          exposition(metrics.families(standingsOf(watched, io), processFacts(io.runtime.date()))),
        healthFault,
        readyFault: async () => {
          if (lock.lost.aborted) return 'another scheduler has the lock';
          const isWritable = await access(out, constants.W_OK).then(...yesOrNo);
          return isWritable ? healthFault() : 'the place of state and batches cannot be written to';
        },
      });
    },
  };
}

const yesOrNo = [() => true, () => false] as const;

function standingsOf({ schedules, state }: Watched, io: Io): ScheduleStanding[] {
  const nowMs = io.runtime.date().getTime();
  return schedules().map(({ name, timetable }) => {
    const own: ScheduleState | undefined = state.schedules[name];
    const last = own?.ended.at(-1);
    const next = timetable.after(nowMs);
    return {
      name,
      isRunning: Boolean(own?.firing),
      isQueued: Boolean(own?.queued),
      health: own?.health ?? null,
      lastFiring: last?.due ?? null,
      lastFiringEnded: last?.ended_at ?? null,
      lastGoodFiring: own?.ended.findLast(({ health }) => health === 'good')?.due ?? null,
      next: next === null ? null : new Date(next).toISOString(),
    };
  });
}

const noticeFields = ({
  event,
  schedule,
  firing,
  batch,
  verdict,
  exit_code,
  counts,
  scores,
  drift,
}: Notice) => ({
  notice: event,
  schedule,
  firing,
  batch: batch?.id ?? null,
  directory: batch?.directory ?? null,
  verdict,
  exit_code,
  counts,
  scores: Object.fromEntries(scores.map(({ name, mean }) => [name, mean])),
  drift: drift?.state ?? null,
});
