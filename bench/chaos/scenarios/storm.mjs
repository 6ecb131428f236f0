/** The server refuses everything for a while, and the batch waits as one. */

import { join } from 'node:path';
import { checkBatch } from '../checker.mjs';
import { writeRows } from '../dataset.mjs';
import { runProgram } from '../program.mjs';
import { startScripted } from '../servers.mjs';

const goodMs = 3_000;

export const storm = {
  name: 'storm',
  tells: '3 good seconds, then --seconds of 503 and 429: all rows right, few requests meanwhile',
  defaults: { rows: 2_000, concurrency: 50, seconds: 60 },
  run,
};

async function run({ place, seed, rows, concurrency, seconds }) {
  const asked = await writeRows(join(place, 'data.csv'), rows, (question) => `answer to ${question}`);
  const stormMs = { fromMs: goodMs, toMs: goodMs + seconds * 1_000 };
  const server = await startScripted({ seed, leastMs: 150, mostMs: 250, storm: stormMs });
  try {
    const args = ['run', 'data.csv', '--url', server.url, '--agent', 'scripted', '--out', 'batch'];
    args.push('--mode', 'stateless', '--delivery', 'at-least-once', '-c', String(concurrency));
    args.push('--give-up', '15m', '--progress', 'none');
    const from = performance.now();
    const { code } = await runProgram(place, args);
    const tookMs = performance.now() - from;
    const counts = await server.counts();
    const { faults, figures } = await checkBatch(join(place, 'batch'), asked);
    // What the rows take without a storm, and as long again to notice its end and get going.
    const mostMs = stormMs.toMs + 2 * ((rows / concurrency) * 250) + 30_000;
    if (code !== 0) faults.push(`exit ${code}`);
    if (figures.right !== rows) faults.push(`${figures.right} right answers of ${rows}`);
    if (counts.total !== rows) faults.push(`${counts.total} executions for ${rows} rows`);
    if (counts.refused > rows / 5) faults.push(`${counts.refused} requests during the storm`);
    if (tookMs > mostMs) faults.push(`took ${Math.round(tookMs)} ms, more than ${Math.round(mostMs)}`);
    return { faults, figures: { ...figures, executions: counts.total, refused: counts.refused, exit: code } };
  } finally {
    await server.stop();
  }
}
