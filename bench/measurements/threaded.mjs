import { writeDataset } from '../dataset.mjs';
import { atLeast, cpuUs, perSecond, shown } from '../figure.mjs';
import { assertRecords, measureRun, measureYardstick } from '../processes.mjs';
import { inTurns } from '../turns.mjs';

/** What is asked by default: a thread for each row, each turn accepted once. */
export const threaded = {
  name: 'threaded',
  tells: 'threaded exactly-once against a bare loop that sends the same requests',
  defaults: { rows: 100_000, concurrency: 50, rounds: 3 },
  quick: { rows: 200, rounds: 1 },
  run: async ({ rows, concurrency, rounds, place, serve }) => {
    const server = await serve({});
    const { url } = server;
    const dataset = await writeDataset(place, rows);
    /** Requests for each row: the bare loop must not be the one that sends more. */
    const requests = {};
    const counted = (name, work) => async (round) => {
      await server.reset();
      const measured = await work(round);
      const { requests: seen } = await server.figures();
      const all = Object.entries(seen).filter(([kind]) => !kind.includes('assistants'));
      requests[name] = all.reduce((sum, [, count]) => sum + count, 0) / rows;
      return measured;
    };
    const { bare, ours } = await inTurns(rounds, {
      bare: counted('bare', () => measureYardstick(place, 'bare-threaded', { url, dataset, concurrency })),
      ours: counted('ours', async (round) => {
        const out = `exactly-once-${round}`;
        const args = ['--mode', 'threaded', '--concurrency', String(concurrency)];
        const measured = await measureRun(place, { dataset, url, out, args });
        await assertRecords(place, out, rows);
        return measured;
      }),
    });
    const speed = (measured) => perSecond(rows, measured);
    return [
      atLeast(0.4, speed(ours) / speed(bare), {
        what: 'threaded exactly-once against a bare loop that sends the same requests',
        unit: '× its rows/s',
        beside: `${shown(speed(ours))} rows/s, ${shown(speed(bare))} rows/s; ${shown(cpuUs(rows, ours))} µs, ${shown(cpuUs(rows, bare))} µs of processor a row; ${shown(requests.ours)} and ${shown(requests.bare)} requests a row`,
      }),
    ];
  },
};
