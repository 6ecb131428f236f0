/** What the scheduler does: child processes, the state file, and whom it tells. */

import { join } from 'node:path';
import type { Notice } from '../notice.ts';
import type { Effects } from '../schedules/effects.ts';
import { isPattern, type Schedule } from '../schedules/schedule.ts';
import { type ArrivedFile, type Firing, firingName } from '../schedules/state.ts';
import type { Work } from '../schedules/transitions.ts';
import { lookForFiles } from './arrivals.ts';
import { createBatchProcesses } from './batch-process.ts';
import type { Io } from './io.ts';
import { keepHouse } from './keep-house.ts';
import { sayAt } from './schedule-say.ts';
import type { Tellers } from './schedule-tellers.ts';

/** A firing waits so long for files that are being written. */
const longestWriteMs = 300_000;

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
  const say = (line: string) => sayAt(io, line);
  const worksOf = async (
    { name, dataset }: Schedule,
    { due, starts_at }: Firing,
    arrived: readonly ArrivedFile[],
  ): Promise<readonly Work[] | null> => {
    const directory = join(name, firingName(due));
    if (!isPattern(dataset)) return [{ dataset, directory, file: null }];
    const nowMs = io.runtime.date().getTime();
    const inbox = { home, pattern: dataset, arrived, directory };
    const { works, unsettled, unreadable } = await lookForFiles(inbox, nowMs);
    if (unsettled.length > 0 && nowMs - Date.parse(starts_at) < longestWriteMs) return null;
    for (const why of unreadable) say(`${name}: ${why}; left to the next firing.`);
    if (unsettled.length === 0) return works;
    say(`${name}: still being written, and left to the next firing: ${unsettled.join(', ')}`);
    return works;
  };
  return {
    save,
    worksOf: (schedule, firing, { arrived }) => worksOf(schedule, firing, arrived),
    run: (schedule, work, signal) => processes.run(schedule, work, signal),
    tell: async (notice) => {
      await tellers.tell(notice);
      say(toldText(notice));
    },
    over: async (schedule, state) => {
      if (state.ended.at(-1)?.health === 'good') tellers.good(schedule);
      await keepHouse(schedule, { home, out, say });
    },
    say,
    giveUp: () => processes.giveUp(),
  };
}

const toldText = ({ event, sentence, firing, batch }: Notice) => {
  const where = event === 'started' || batch === null ? '' : ` (${batch.directory})`;
  return `${event}: ${sentence}${event === 'started' ? `, due ${firing}` : ''}${where}`;
};
