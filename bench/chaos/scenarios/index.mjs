/** All scenarios, in the order in which they are run. */

import { exactlyOnce } from './exactly-once.mjs';
import { atLeastOnce, atMostOnce } from './stateless.mjs';

export const scenarios = [atLeastOnce, atMostOnce, exactlyOnce];
