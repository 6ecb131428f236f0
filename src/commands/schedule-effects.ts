/** What the scheduler does: child processes, the state file, and whom it tells. */

import { join } from 'node:path';
import type { Notice } from '../notice.ts';
import { isPattern, type Schedule } from '../schedules/schedule.ts';
import type { Effects, Work } from '../schedules/scheduler.ts';
import { type Firing, firingName } from '../schedules/state.ts';
import { createBatchProcesses } from './batch-process.ts';
import type { Io } from './io.ts';
import { sayAt } from './schedule-say.ts';
import type { Tellers } from './schedule-tellers.ts';

interface Place {
  /** Of the file of schedules: relative paths start there. */
  readonly home: string;
  /** Absolute. */
  readonly out: string;
  readonly save: Effects['save'];
  readonly tellers: Tellers;
}

export interface ScheduleEffects extends Effects {
  /** Tells the batches that run to give up what is in flight. */
  giveUp(): void;
}

export function createScheduleEffects({ home, out, save, tellers }: Place, io: Io): ScheduleEffects {
  const processes = createBatchProcesses({ home, out }, io);
  return {
    save,
    worksOf: async (schedule, firing) => worksOf(schedule, firing),
    run: (schedule, work, signal) => processes.run(schedule, work, signal),
    tell: async (notice) => {
      await tellers.tell(notice);
      sayAt(io, toldText(notice));
    },
    over: async (schedule, state) => {
      if (state.ended.at(-1)?.health === 'good') tellers.good(schedule);
    },
    say: (line) => sayAt(io, line),
    giveUp: () => processes.giveUp(),
  };
}

function worksOf({ name, dataset }: Schedule, { due }: Firing): readonly Work[] {
  const directory = join(name, firingName(due));
  return isPattern(dataset) ? [] : [{ dataset, directory, sha256: null }];
}

const toldText = ({ event, sentence, firing, batch }: Notice) => {
  const where = event === 'started' || batch === null ? '' : ` (${batch.directory})`;
  return `${event}: ${sentence}${event === 'started' ? `, due ${firing}` : ''}${where}`;
};
