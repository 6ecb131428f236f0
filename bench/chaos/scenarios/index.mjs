/** All scenarios, in the order in which they are run. */

import { answers } from './answers.mjs';
import { conversations } from './conversations.mjs';
import { diskFaults, killedAtCall, killedAtCallReal } from './disk.mjs';
import { exactlyOnce } from './exactly-once.mjs';
import { fullDisk } from './full-disk.mjs';
import { journal } from './journal.mjs';
import { schedule } from './schedule.mjs';
import { seeds } from './seeds.mjs';
import { manyStarts } from './starts.mjs';
import { atLeastOnce, atMostOnce } from './stateless.mjs';
import { storm } from './storm.mjs';
import { zombie } from './zombie.mjs';

export const scenarios = [
  atLeastOnce,
  atMostOnce,
  exactlyOnce,
  conversations,
  answers,
  journal,
  diskFaults,
  fullDisk,
  killedAtCall,
  killedAtCallReal,
  manyStarts,
  zombie,
  schedule,
  storm,
  seeds,
];
