/**
 * A month of firings a minute, simulated: does the scheduler grow? Its own code, its own state file, batches that are over at
 * once, and a clock that is moved.
 *
 *   npm run build && node bench/schedule.mjs [--days 30]
 */

import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Scheduler } from '../dist/schedules/scheduler.js';
import { readSchedules } from '../dist/schedules/schedules-file.js';
import { writeState } from '../dist/schedules/state-file.js';

const { days } = parseArgs({ options: { days: { type: 'string', default: '30' } } }).values;
const dayMs = 86_400_000;
const startMs = Date.UTC(2026, 0, 1);

const text = `out: results
schedules:
  often: { cron: "* * * * *", dataset: qa.csv, url: "http://127.0.0.1:1", agent: a }
`;

/** Sleeping moves the clock. */
function movedClock() {
  let nowMs = 0;
  return {
    now: () => nowMs,
    date: () => new Date(startMs + nowMs),
    random: Math.random,
    sleep: async (ms, signal) => {
      await new Promise(setImmediate);
      if (!signal.aborted) nowMs += ms;
    },
    every: () => () => {},
  };
}

const openFiles = async () => (await readdir('/proc/self/fd').catch(() => [])).length;

async function main() {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc');
  const place = await mkdtemp(join(tmpdir(), 'bench-schedule-'));
  const statePath = join(place, 'schedules.json');
  const runtime = movedClock();
  let [fired, told, day] = [0, 0, 0];

  const tellDay = async () => {
    collectGarbage();
    const { heapUsed } = process.memoryUsage();
    const { size } = await stat(statePath);
    const cells = [day, fired, (heapUsed / 2 ** 20).toFixed(2), await openFiles(), size];
    process.stdout.write(`| ${cells.join(' | ')} |\n`);
  };
  const effects = {
    worksOf: async (_, { due }) => [{ dataset: 'qa.csv', directory: `often/${due}`, file: null }],
    run: async () => {
      fired += 1;
      return { code: 0, lastLine: null, summary: null };
    },
    save: (state) => writeState(statePath, state),
    tell: async () => {
      told += 1;
    },
    over: async () => {
      if (runtime.now() < (day + 1) * dayMs) return;
      day += 1;
      await tellDay();
      if (day === Number(days)) scheduler.stop();
    },
    say: (line) => process.stderr.write(`${line}\n`),
  };
  const schedules = await readSchedules(text, 'schedules.yaml', {});
  const scheduler = new Scheduler(schedules, { format: 1, schedules: {} }, effects, { runtime });
  process.stdout.write(
    '| day | fired | heap, MiB | open files | state file, B |\n| --- | --- | --- | --- | --- |\n',
  );
  await scheduler.run();
  await rm(place, { recursive: true });
  process.stdout.write(`\n${fired} firings of ${days * 1_440}, ${told} notices\n`);
}

await main();
