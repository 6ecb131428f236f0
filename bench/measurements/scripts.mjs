import { join } from 'node:path';
import { writeDataset } from '../dataset.mjs';
import { atLeast, cpuUs, perSecond, shown, told } from '../figure.mjs';
import { assertRecords, measureRun, measureYardstick } from '../processes.mjs';
import { inTurns } from '../turns.mjs';

/** What people write today. */
export const scripts = {
  name: 'scripts',
  tells: 'against scripts over the LangGraph SDK and over `fetch` that write JSONL',
  defaults: { rows: 20_000, concurrency: 50, rounds: 3 },
  quick: { rows: 200, rounds: 1 },
  run: async ({ rows, concurrency, rounds, place, serve }) => {
    const server = await serve({});
    const { url } = server;
    const dataset = await writeDataset(place, rows);
    const script = (name) => () =>
      measureYardstick(place, name, { url, dataset, concurrency, out: join(place, `${name}.jsonl`) });
    const { sdk, fetched, ours } = await inTurns(rounds, {
      sdk: script('sdk'),
      fetched: script('fetch'),
      ours: async (round) => {
        const out = `ours-${round}`;
        const args = ['--mode', 'stateless', '--delivery', 'at-least-once', '-c', String(concurrency)];
        const measured = await measureRun(place, { dataset, url, out, args });
        await assertRecords(place, out, rows);
        return measured;
      },
    });
    const speed = (measured) => perSecond(rows, measured);
    const row = (name, measured) => ({
      what: `stateless at-least-once against ${name}, writing JSONL`,
      unit: '× its rows/s',
      beside: `${shown(speed(ours))} rows/s, ${shown(speed(measured))} rows/s; ${shown(cpuUs(rows, ours))} µs, ${shown(cpuUs(rows, measured))} µs a row`,
    });
    return [
      atLeast(5, speed(ours) / speed(sdk), row('the LangGraph SDK', sdk)),
      told(speed(ours) / speed(fetched), row('the built-in `fetch`', fetched)),
    ];
  },
};
