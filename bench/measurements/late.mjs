import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDataset } from '../dataset.mjs';
import { atLeast, atMost, shown } from '../figure.mjs';
import { assertRecords, measureRun, measureYardstick } from '../processes.mjs';
import { inTurns } from '../turns.mjs';

/** Runs against a server that answers late: their wall time, the bare loop's, and what both sides say of the latency. */
async function runLate({ rows, concurrency, delay, rounds, place, serve }) {
  const server = await serve({ delayMs: delay });
  const dataset = await writeDataset(place, rows);
  const { bare, ours } = await inTurns(rounds, {
    bare: () => measureYardstick(place, 'bare', { url: server.url, dataset, concurrency }),
    ours: async (round) => {
      const out = `late-${round}`;
      await server.reset();
      const args = ['--mode', 'stateless', '--delivery', 'at-least-once', '-c', String(concurrency)];
      const measured = await measureRun(place, { dataset, url: server.url, out, args });
      await assertRecords(place, out, rows);
      const { latency_ms: latency } = JSON.parse(await readFile(join(place, out, 'summary.json'), 'utf8'));
      const { p50, p99, mostOpen, connections } = await server.figures();
      return { ...measured, p50, p99, mostOpen, connections, toldP50: latency.p50, toldP99: latency.p99 };
    },
  });
  return { ...ours, bareMs: bare.wallMs, idealMs: (rows / concurrency) * delay };
}

const apart = (told, truth) => (Math.abs(told - truth) / truth) * 100;

/** Is the agent's time told, or that of the client? */
export const late = {
  name: 'late',
  tells: 'a true 200 ms: wall time against the ideal, and which latency is told',
  defaults: { rows: 10_000, concurrency: 50, delay: 200, rounds: 3 },
  quick: { rows: 1_000, delay: 20, rounds: 1 },
  run: async (bench) => {
    const { rows, concurrency, delay } = bench;
    const { idealMs, wallMs, bareMs, toldP50, toldP99, p50, p99 } = await runLate(bench);
    const of = `${rows.toLocaleString('en-GB')} rows, true ${delay} ms, ${concurrency} in flight`;
    return [
      atLeast(0.97, idealMs / wallMs, {
        what: `${of}: the ideal wall time against ours, start-up and all files included`,
        unit: '× of it',
        beside: `${shown(wallMs / 1000)} s, ${shown(idealMs / 1000)} s; the bare loop ${shown(bareMs / 1000)} s`,
      }),
      atMost(3, apart(toldP50, p50), {
        what: `${of}: p50 told against the server's own`,
        unit: '% apart',
        beside: `${toldP50.toFixed(1)} ms, ${p50.toFixed(1)} ms`,
      }),
      atMost(10, apart(toldP99, p99), {
        what: `${of}: p99 told against the server's own`,
        unit: '% apart',
        beside: `${toldP99.toFixed(1)} ms, ${p99.toFixed(1)} ms`,
      }),
    ];
  },
};

/** Thousands at once in one process. */
export const wide = {
  name: 'wide',
  tells: '2,000 in flight at a true second: wall time against the ideal',
  defaults: { rows: 20_000, concurrency: 2_000, delay: 1_000, rounds: 3 },
  quick: { rows: 400, concurrency: 200, delay: 200, rounds: 1 },
  run: async (bench) => {
    const { rows, concurrency, delay } = bench;
    const { idealMs, wallMs, bareMs, cpuMs, mostOpen, connections, peakMb } = await runLate(bench);
    return [
      atLeast(0.85, idealMs / wallMs, {
        what: `${rows.toLocaleString('en-GB')} rows, true ${delay} ms, ${concurrency} in flight: the ideal wall time against ours`,
        unit: '× of it',
        beside: `${shown(wallMs / 1000)} s, ${shown(idealMs / 1000)} s; the bare loop ${shown(bareMs / 1000)} s; most in flight ${mostOpen} over ${connections} connections, ${shown(cpuMs / 1000)} s of processor, ${shown(peakMb)} MB`,
      }),
    ];
  },
};
