/**
 * Takes the lock at the path it is given when the line `take` comes, proves it at `prove`, and tells in a line what came
 * of it; releases it at the end.
 */

import { createInterface } from 'node:readline';
import { takeLock } from '../../dist/results/lock.js';

const tell = (text) => process.stdout.write(`${text}\n`);
let lock;
const deeds = {
  take: async () => {
    lock = await takeLock(process.argv[2] ?? '');
  },
  prove: () => lock.prove(),
};
tell('ready');
for await (const line of createInterface({ input: process.stdin })) {
  try {
    await deeds[line]();
    tell('has it');
  } catch (error) {
    tell(`${error.name}: ${error.message}`);
  }
}
await lock?.release();
