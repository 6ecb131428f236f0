/** The short part of the fault bench: real kills, real files, judged by a checker that shares no code with the program. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const bench = fileURLToPath(new URL('../bench/chaos/run.mjs', import.meta.url));

it.concurrent.each([
  ['at-least-once', ['--rows', '150', '--kills', '2', '--concurrency', '8']],
  ['at-most-once', ['--rows', '150', '--kills', '2', '--concurrency', '8']],
])('the fault bench, small: %s', async (scenario, sizes) => {
  const child = spawn(process.execPath, [bench, '--scenario', scenario, ...sizes]);
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });

  const [code] = await once(child, 'close');

  expect(said).toContain(`PASS ${scenario}`);
  expect(code).toBe(0);
});
