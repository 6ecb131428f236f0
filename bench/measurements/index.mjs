/** Every measurement, in the table's order. */

import { auto } from './auto.mjs';
import { large } from './large.mjs';
import { late, wide } from './late.mjs';
import { million, tenMillion } from './million.mjs';
import { promptfoo } from './promptfoo.mjs';
import { score } from './score.mjs';
import { scripts } from './scripts.mjs';
import { start } from './start.mjs';
import { stateless } from './stateless.mjs';
import { streams } from './streams.mjs';
import { threaded } from './threaded.mjs';

export const measurements = [
  stateless,
  threaded,
  scripts,
  promptfoo,
  late,
  wide,
  million,
  tenMillion,
  streams,
  large,
  auto,
  score,
  start,
];
