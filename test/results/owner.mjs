/** Takes the lock at the path it is given each time a line comes, and tells in a line what came of it; releases it at the end. */

import { createInterface } from 'node:readline';
import { takeLock } from '../../dist/results/lock.js';

const tell = (text) => process.stdout.write(`${text}\n`);
let lock;
tell('ready');
for await (const _ of createInterface({ input: process.stdin })) {
  try {
    lock = await takeLock(process.argv[2] ?? '');
    tell('has it');
  } catch (error) {
    tell(`${error.name}: ${error.message}`);
  }
}
await lock?.release();
