/** All scenarios, in the order in which they are run. */

import { diskFaults, killedAtCall } from './disk.mjs';
import { exactlyOnce } from './exactly-once.mjs';
import { journal } from './journal.mjs';
import { manyStarts } from './starts.mjs';
import { atLeastOnce, atMostOnce } from './stateless.mjs';

export const scenarios = [
  atLeastOnce,
  atMostOnce,
  exactlyOnce,
  journal,
  diskFaults,
  killedAtCall,
  manyStarts,
];
