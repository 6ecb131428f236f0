import { setTimeout as sleep } from 'node:timers/promises';
import { writeDataset } from '../dataset.mjs';
import { atMost, shown } from '../figure.mjs';
import { assertRecords, measureRun } from '../processes.mjs';

const ended = 143;

/** Does memory stay flat, and how soon does a batch go on? */
export const million = {
  name: 'million',
  tells: 'memory of a million rows against a tenth of them; going on with a million records',
  defaults: { rows: 1_000_000, concurrency: 50, left: 1_000 },
  quick: { rows: 3_000, left: 500 },
  run: async ({ rows, concurrency, left, place, serve }) => {
    const server = await serve({});
    const args = ['--mode', 'stateless', '--delivery', 'at-least-once', '--concurrency', String(concurrency)];
    const runOf = (dataset, out, options) =>
      measureRun(place, { dataset, url: server.url, out, args, ...options });

    const tenth = await runOf(await writeDataset(place, rows / 10), 'tenth');
    await assertRecords(place, 'tenth', rows / 10);
    const dataset = await writeDataset(place, rows);
    await server.reset();
    // Stopped by the user's own means when all but the last are done: files are written as at any end.
    const stopped = await runOf(dataset, 'all', {
      codes: [0, ended],
      during: async (child) => {
        while (child.exitCode === null && (await asked(server)) < rows - left) await sleep(20);
        child.kill('SIGTERM');
      },
    });
    await server.reset();
    const goneOn = await runOf(dataset, 'all', {});
    const { firstAt } = await server.figures();
    const did = await asked(server);
    await assertRecords(place, 'all', rows);
    const count = rows.toLocaleString('en-GB');
    return [
      atMost(160, stopped.peakMb, {
        what: `${count} rows with ids of their own: most memory, \`results.csv\` included`,
        unit: 'MB',
        beside: `${shown(stopped.wallMs / 1000)} s`,
      }),
      atMost(1.2, stopped.peakMb / tenth.peakMb, {
        what: `the same against ${(rows / 10).toLocaleString('en-GB')} rows`,
        unit: '× their memory',
        beside: `${shown(stopped.peakMb)} MB, ${shown(tenth.peakMb)} MB`,
      }),
      atMost(4, (firstAt - goneOn.startedAt) / 1000, {
        what: `going on with ${count} records, ${did.toLocaleString('en-GB')} to do: time to the first request`,
        unit: 's',
        beside: `${shown(goneOn.wallMs / 1000)} s to the end`,
      }),
      atMost(200, goneOn.peakMb, {
        what: 'the same: most memory, `results.csv` included',
        unit: 'MB',
        beside: '',
      }),
    ];
  },
};

/** Is memory still flat where a dataset is as large as they come? */
export const tenMillion = {
  name: 'ten-million',
  tells: 'memory of ten million rows against a hundredth of them; takes an hour or two, and 40 GB of disk',
  defaults: { rows: 10_000_000, concurrency: 50 },
  quick: { rows: 10_000 },
  run: async ({ rows, concurrency, place, serve }) => {
    const server = await serve({});
    const args = ['--mode', 'stateless', '--delivery', 'at-least-once', '--concurrency', String(concurrency)];
    const runOf = async (count) => {
      const dataset = await writeDataset(place, count);
      const measured = await measureRun(place, { dataset, url: server.url, out: `${count}`, args });
      await assertRecords(place, `${count}`, count);
      return measured;
    };
    const hundredth = await runOf(rows / 100);
    const all = await runOf(rows);
    return [
      atMost(1.5, all.peakMb / hundredth.peakMb, {
        what: `${rows.toLocaleString('en-GB')} rows with ids of their own against ${(rows / 100).toLocaleString('en-GB')}: most memory, \`results.csv\` included`,
        unit: '× their memory',
        beside: `${shown(all.peakMb)} MB, ${shown(hundredth.peakMb)} MB; ${shown(all.wallMs / 1000)} s`,
      }),
    ];
  },
};

const asked = async (server) => (await server.requests())['POST runs'] ?? 0;
