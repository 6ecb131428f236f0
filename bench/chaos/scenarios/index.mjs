/** All scenarios, in the order in which they are run. */

import { diskFaults, killedAtCall } from './disk.mjs';
import { exactlyOnce } from './exactly-once.mjs';
import { manyStarts } from './starts.mjs';
import { atLeastOnce, atMostOnce } from './stateless.mjs';

export const scenarios = [atLeastOnce, atMostOnce, exactlyOnce, diskFaults, killedAtCall, manyStarts];
