import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cli } from '../chaos/program.mjs';
import { writeDataset } from '../dataset.mjs';
import { atLeast, atMost, perSecond, shown } from '../figure.mjs';
import { assertRecords, measure, measureRun } from '../processes.mjs';

const scorers = ['regex:order', 'icontains:number,as=number', 'tokens:1k'];

/** Recorded answers are scored again, and all files made anew. */
export const score = {
  name: 'score',
  tells: 'recorded answers scored again by three scorers: rows a second, memory',
  defaults: { rows: 100_000 },
  quick: { rows: 2_000 },
  run: async ({ rows, place, serve }) => {
    const server = await serve({});
    const args = ['--mode', 'stateless', '--delivery', 'at-least-once', '--concurrency', '50'];
    const batches = [];
    for (const [out, count] of [
      ['tenth', rows / 10],
      ['all', rows],
    ]) {
      await measureRun(place, { dataset: await writeDataset(place, count), url: server.url, out, args });
      await assertRecords(place, out, count);
      const named = scorers.flatMap((scorer) => ['--scorer', scorer]);
      batches.push(await measure(place, [cli, 'score', out, '--quiet', ...named]));
      await assertScored(place, out, count);
    }
    const [tenth, all] = batches;
    const count = rows.toLocaleString('en-GB');
    return [
      atLeast(20_000, perSecond(rows, all), {
        what: `\`score\` over ${count} records, three scorers, \`results.csv\` and summary made anew`,
        unit: 'records/s',
        beside: `${shown(all.wallMs / 1000)} s, ${shown(all.peakMb)} MB`,
      }),
      atMost(1.2, all.peakMb / tenth.peakMb, {
        what: `the same against ${(rows / 10).toLocaleString('en-GB')} records`,
        unit: '× their memory',
        beside: `${shown(all.peakMb)} MB, ${shown(tenth.peakMb)} MB`,
      }),
    ];
  },
};

async function assertScored(place, out, rows) {
  const { scores } = JSON.parse(await readFile(join(place, out, 'summary.json'), 'utf8'));
  const told = scores.map(({ scored, not_scored }) => scored + not_scored);
  if (scores.length !== scorers.length || told.some((count) => count !== rows))
    throw new Error(`${out}: expected ${rows} scored by each, saw ${JSON.stringify(scores)}`);
}
