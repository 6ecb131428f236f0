/** `threadmill schedule --history`: how the firings of a schedule went. */

import type { Config } from '../options.ts';
import type { Schedule } from '../schedules/schedule.ts';
import type { Io } from './io.ts';

export function tellHistory(_schedule: Schedule, _out: string, _config: Config, _io: Io): number {
  throw new Error('to come');
}
