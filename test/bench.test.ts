/** Does the benchmark run? What it measures is no test's concern. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const bench = fileURLToPath(new URL('../bench/run.mjs', import.meta.url));
const run = promisify(execFile);

it('the benchmark measures, and tells a figure with its yardstick', async () => {
  const { stdout } = await run(process.execPath, [bench, '--quick', '--only', 'start']);

  expect(stdout).toMatch(
    /`threadmill --version` against `node -e 0`\n +[\d.]+ × its time \(≤ 2\.5 × its time\)/,
  );
});

it('the benchmark refuses a measurement that it does not have', async () => {
  await expect(run(process.execPath, [bench, '--only', 'nothing'])).rejects.toMatchObject({
    code: 2,
    stderr: '--only: no nothing; see --help\n',
  });
});
