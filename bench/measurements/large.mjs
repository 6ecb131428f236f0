import { writeDataset } from '../dataset.mjs';
import { atMost, shown } from '../figure.mjs';
import { assertRecords, measureRun } from '../processes.mjs';

/** Whole states are large, and many come at once. */
export const large = {
  name: 'large',
  tells: 'answers of 1 MB, 500 in flight: memory, and nothing lost',
  defaults: { rows: 2_000, concurrency: 500, bytes: 1_000_000 },
  quick: { rows: 40, concurrency: 20, bytes: 100_000 },
  run: async ({ rows, concurrency, bytes, place, serve }) => {
    const server = await serve({ bytes, delayMs: 200 });
    const dataset = await writeDataset(place, rows);
    const args = ['--mode', 'stateless', '--delivery', 'at-least-once', '--concurrency', String(concurrency)];
    const ours = await measureRun(place, { dataset, url: server.url, out: 'large', args });
    await assertRecords(place, 'large', rows);
    return [
      atMost(1_000, ours.peakMb, {
        what: `answers of ${bytes.toLocaleString('en-GB')} bytes, ${concurrency} in flight, no record lost: most memory`,
        unit: 'MB',
        beside: `${rows.toLocaleString('en-GB')} rows in ${shown(ours.wallMs / 1000)} s`,
      }),
    ];
  },
};
