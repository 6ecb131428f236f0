/** The order desk after a change: customers who asked for their money back in other words were not understood. */

import { createDesk } from '../desk.mjs';

export const desk = createDesk(/\brefund|\bmoney back/i);
