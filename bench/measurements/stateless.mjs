import { writeDataset } from '../dataset.mjs';
import { atLeast, atMost, cpuUs, perSecond, shown, told } from '../figure.mjs';
import { assertRecords, measureRun, measureYardstick } from '../processes.mjs';
import { inTurns } from '../turns.mjs';

/** The highest speed there is, and what each row costs. */
export const stateless = {
  name: 'stateless',
  tells: 'rows a second, and processor time a row, against the bare loop',
  defaults: { rows: 100_000, concurrency: 50, rounds: 3 },
  quick: { rows: 300, rounds: 1 },
  run: async ({ rows, concurrency, rounds, place, serve }) => {
    const server = await serve({});
    const { url } = server;
    const dataset = await writeDataset(place, rows);
    const run = (delivery) => async (round) => {
      const out = `${delivery}-${round}`;
      const args = ['--mode', 'stateless', '--delivery', delivery, '--concurrency', String(concurrency)];
      const measured = await measureRun(place, { dataset, url, out, args });
      await assertRecords(place, out, rows);
      return measured;
    };
    const { bare, often, once } = await inTurns(rounds, {
      bare: () => measureYardstick(place, 'bare', { url, dataset, concurrency }),
      often: run('at-least-once'),
      once: run('at-most-once'),
    });
    const speed = (measured) => perSecond(rows, measured);
    const row = (delivery, measured) => ({
      what: `stateless ${delivery} against the bare loop that writes nothing`,
      unit: '× its rows/s',
      beside: `${shown(speed(measured))} rows/s, ${shown(speed(bare))} rows/s`,
    });
    return [
      atLeast(0.4, speed(often) / speed(bare), row('at-least-once', often)),
      told(speed(once) / speed(bare), row('at-most-once', once)),
      atMost(100, cpuUs(rows, often) - cpuUs(rows, bare), {
        what: "processor time of a row above the bare loop's, stateless at-least-once",
        unit: 'µs',
        beside: `${shown(cpuUs(rows, often))} µs, ${shown(cpuUs(rows, bare))} µs; ${shown(often.peakMb)} MB, ${shown(bare.peakMb)} MB`,
      }),
    ];
  },
};
