/** Kills of the scheduler, with what it runs and without, while it fires every few seconds on the real local Agent Server. */

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkBatch } from '../checker.mjs';
import { writeRows } from '../dataset.mjs';
import { startProgram } from '../program.mjs';
import { threadsOf, witnessed } from '../real-facts.mjs';
import { startReal } from '../servers.mjs';

export const schedule = {
  name: 'schedule',
  tells:
    'kill -9 of the scheduler, a firing every --interval s: each firing one batch, each example executed once, all finished',
  defaults: { rows: 10, kills: 100, interval: 5, concurrency: 5 },
  run,
};

/** Until something is done, or all is finished. */
const longestMs = 120_000;

/** A cron expression that is not due while the bench runs. */
const notNow = '0 0 0 29 2 *';

async function run({ place, chance, rows, kills, interval, concurrency }) {
  const asked = await writeRows(join(place, 'data.csv'), rows, (question) => `1: ${question}`);
  const witness = join(place, 'witness.jsonl');
  const server = await startReal(place, { workers: concurrency, witness });
  const write = (cron) =>
    writeFile(join(place, 'schedules.yaml'), scheduleText({ cron, url: server.url, concurrency }));
  try {
    await write(`*/${interval} * * * * *`);
    const moment = momentOf({ witness, chance, interval });
    const lives = await killAgainAndAgain(place, { kills, moment, chance });
    await write(notNow);
    const end = await goOnUntilFinished(place);

    const checked = await check(place, { asked, witness, interval });
    const left = (await threadsOf(server.url)).length;
    const faults = [...lives.faults, ...end.faults, ...checked.faults];
    if (checked.figures.firings < kills / 10)
      faults.push(`only ${checked.figures.firings} firings: nothing is proved`);
    if (left > 0) faults.push(`${left} threads left`);
    const { whileRunning, withBatches } = lives;
    return {
      faults,
      figures: {
        ...{ kills, 'while a batch ran': whileRunning, 'killed with it': withBatches },
        ...checked.figures,
        'threads left': left,
      },
    };
  } finally {
    await server.stop();
  }
}

const scheduleText = ({ cron, url, concurrency }) => `out: scheduled
schedules:
  each:
    cron: "${cron}"
    dataset: data.csv
    overlap: queue
    url: ${url}
    agent: counted
    concurrency: ${concurrency}
    give-up: 20s
`;

const startScheduler = (place) => startProgram(place, ['schedule', 'schedules.yaml']);

/** The batches that it runs: Linux tells a process' children. */
async function batchesOf({ child: { pid } }) {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}

function killIfThere(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Up to an interval after something was executed in this life; at times before: while it starts, or takes over. */
function momentOf({ witness, chance, interval }) {
  return async () => {
    const until = chance.happens(0.3) ? 0 : (await witnessed(witness)).length + 1;
    const from = performance.now();
    while ((await witnessed(witness)).length < until && performance.now() - from < longestMs) await sleep(50);
    await sleep(chance.between(0, interval * 1_000));
    return null;
  };
}

/** Half of the kills take the batch along, as a machine that fails does; the others leave it to notice and stop. */
async function killAgainAndAgain(place, { kills, moment, chance }) {
  const faults = [];
  let withBatches = 0;
  let whileRunning = 0;
  for (let life = 0; life < kills; life += 1) {
    const scheduler = startScheduler(place);
    const end = await Promise.race([scheduler.ended, moment()]);
    if (end !== null) {
      faults.push(`start ${life + 1} ended by itself, with ${end.code}`);
      continue;
    }
    const batches = await batchesOf(scheduler);
    const taken = chance.happens(0.5) ? batches : [];
    scheduler.kill();
    for (const batch of taken) killIfThere(batch);
    await scheduler.ended;
    whileRunning += batches.length > 0 ? 1 : 0;
    withBatches += taken.length > 0 ? 1 : 0;
  }
  return { faults, withBatches, whileRunning };
}

/** A last start, which finds nothing new to fire, brings all that was begun to its end. */
async function goOnUntilFinished(place) {
  const scheduler = startScheduler(place);
  const from = performance.now();
  let finished = 0;
  // What waits in a queue begins when the one before has ended: all must be finished at several looks in a row.
  while (finished < 5 && performance.now() - from < longestMs) {
    await Promise.race([sleep(1_000), scheduler.ended]);
    const firings = await firingsOf(place);
    finished = firings.every(({ state }) => state === 'finished') ? finished + 1 : 0;
  }
  const faults = finished < 5 ? [`not all finished ${longestMs / 1_000} s after the last kill`] : [];
  scheduler.child.kill('SIGTERM');
  const { code } = await scheduler.ended;
  if (code !== 143) faults.push(`the last scheduler ended with ${code}`);
  return { faults };
}

/** Holds what was fired against the times, the dataset and what the server did. */
async function check(place, { asked, witness, interval }) {
  const firings = await firingsOf(place);
  const executed = await executionsOf(witness, firings);
  const missed = await missedOf(place);
  const dues = duesBetween(firings, interval);
  const lost = dues.filter((due) => !firings.some(isOf(due)) && !missed(due));
  const faults = [...executed.faults];
  for (const { name, directory } of firings) {
    const found = await checkBatch(directory, asked);
    if (found.figures.right !== asked.length) found.faults.push(`${found.figures.right} right answers`);
    if (!isDue(name, interval)) found.faults.push('no time at which it was to fire');
    faults.push(...found.faults.map((fault) => `${name}: ${fault}`));
  }
  if (lost.length > 0)
    faults.push(`${lost.length} neither fired nor missed, such as ${new Date(lost[0]).toISOString()}`);
  if (executed.total !== firings.length * asked.length)
    faults.push(`${executed.total} executions for ${firings.length} firings of ${asked.length}`);
  return {
    faults,
    figures: {
      firings: firings.length,
      'told as missed': dues.length - firings.length - lost.length,
      'gone on with': firings.filter(({ starts }) => starts > 1).length,
      executions: executed.total,
    },
  };
}

/** The directories there are, with what their manifests say. */
async function firingsOf(place) {
  const at = join(place, 'scheduled/each');
  const names = await readdir(at).catch(() => []);
  return Promise.all(
    names.sort().map(async (name) => {
      const directory = join(at, name);
      const text = await readFile(join(directory, 'batch.json'), 'utf8').catch(() => '{}');
      const { id, state, starts = [] } = JSON.parse(text);
      return { name, directory, id, state, starts: starts.length };
    }),
  );
}

/** Named by the time of the firing, as 20261122T030000Z. NaN where it is none. */
const timeOf = (name) =>
  Date.parse(name.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

const isDue = (name, interval) => (timeOf(name) / 1_000) % interval === 0;

const isOf =
  (due) =>
  ({ name }) =>
    timeOf(name) === due;

/** From the first firing to the last; `interval` goes into a minute. */
function duesBetween(firings, interval) {
  const dues = [];
  const last = timeOf(firings.at(-1)?.name ?? '');
  for (let due = timeOf(firings[0]?.name ?? ''); due <= last; due += interval * 1_000) dues.push(due);
  return dues;
}

/** What the schedulers said was missed: a test of whether a time is among that. */
async function missedOf(place) {
  const lines = (await readFile(join(place, 'program.log'), 'utf8')).split('\n');
  const ranges = lines
    .filter((line) => line.includes(' missed: '))
    .map((line) => line.slice(line.indexOf(' missed: ')).match(/\d{4}-\d\d-\d\dT[\d:.]+Z/g) ?? [])
    .map((times) => ({ first: Date.parse(times[0]), last: Date.parse(times.at(-1)) }));
  return (due) => ranges.some(({ first, last }) => first <= due && due <= last);
}

/** What the server did, held against the batches there are. */
async function executionsOf(witness, firings) {
  const lines = await witnessed(witness);
  const known = new Set(firings.map(({ id }) => id));
  const strange = lines.filter(({ batch }) => !known.has(batch));
  const times = new Map();
  for (const { batch, example } of lines) {
    const key = `${batch} ${example}`;
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  const order = lines.map(({ batch }) => batch).filter((batch, at, all) => batch !== all[at - 1]);
  const twice = [...times].filter(([, count]) => count > 1).map(([key]) => key);
  const faults = [];
  if (strange.length > 0) faults.push(`${strange.length} executions of no batch that is there`);
  if (order.length > new Set(order).size) faults.push('batches were run beside each other');
  if (twice.length > 0) faults.push(`${twice.length} executed more than once: ${twice.slice(0, 5)}`);
  return { total: lines.length, faults };
}
