/**
 * Processes that are stopped past the lock, lose their batch to the next start, and wake: some while that one works,
 * the others when the batch is finished.
 */

import { readdir, readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkBatch } from '../checker.mjs';
import { writeRows } from '../dataset.mjs';
import { startProgram } from '../program.mjs';
import { executionsOf } from '../real-facts.mjs';
import { startReal, startScripted } from '../servers.mjs';

export const zombie = {
  name: 'zombie',
  tells:
    'SIGSTOP past the lock, the next start takes over, SIGCONT: 1 works, 0 records of the sleepers, all of them exit 3',
  defaults: { rows: 400, stops: 8, concurrency: 10 },
  run: async (bench) => {
    const stateless = await onScripted(bench);
    const threaded = await onReal(bench);
    return {
      faults: [...stateless.faults, ...threaded.faults],
      figures: { ...named('at-most-once', stateless.figures), ...named('exactly-once', threaded.figures) },
    };
  },
};

const named = (name, figures) =>
  Object.fromEntries(Object.entries(figures).map(([each, value]) => [`${name} ${each}`, value]));

async function onScripted({ place, seed, chance, rows, stops, concurrency }) {
  const asked = await writeRows(join(place, 'data.csv'), rows, (question) => `answer to ${question}`);
  const server = await startScripted({ seed });
  try {
    const args = ['run', 'data.csv', '--url', server.url, '--agent', 'scripted', '--out', 'stateless'];
    args.push('--mode', 'stateless', '-c', String(concurrency), '--progress', 'none');
    const share = Math.max(1, Math.floor(rows / (stops + 2)) - concurrency);
    const moment = async () =>
      server.reaches(Math.min(rows, (await server.total()) + chance.whole(1, share)));
    const slept = await sleepAgainAndAgain({ place, name: 'stateless', args, stops, chance, moment });
    const { faults, figures } = await checkBatch(join(place, 'stateless'), asked);
    const { examples } = await server.counts();
    const twice = Object.values(examples).filter((times) => times > 1).length;
    if (twice > 0) faults.push(`at-most-once: ${twice} sent twice`);
    if (figures.uncertain > concurrency * slept.stopped) faults.push(`${figures.uncertain} uncertain`);
    return { faults: [...slept.faults, ...faults], figures: figuresOf(slept, figures, twice) };
  } finally {
    await server.stop();
  }
}

async function onReal({ place, chance, rows, stops, concurrency }) {
  const asked = await writeRows(join(place, 'data.csv'), rows, (question) => `1: ${question}`);
  const witness = join(place, 'witness.jsonl');
  const server = await startReal(place, { workers: concurrency, witness });
  try {
    const args = ['run', 'data.csv', '--url', server.url, '--agent', 'counted', '--out', 'threaded'];
    args.push('-c', String(concurrency), '--progress', 'none');
    const share = Math.max(1, Math.floor(rows / (stops + 2)) - concurrency);
    const moment = async () => {
      const until = Math.min(rows, (await executionsOf(witness)).size + chance.whole(1, share));
      while ((await executionsOf(witness)).size < until) await sleep(20);
    };
    const slept = await sleepAgainAndAgain({ place, name: 'threaded', args, stops, chance, moment });
    const { faults, figures } = await checkBatch(join(place, 'threaded'), asked);
    const executions = await executionsOf(witness);
    const twice = [...executions.values()].filter((times) => times > 1).length;
    if (twice > 0) faults.push(`exactly-once: ${twice} executed twice`);
    if (executions.size !== rows) faults.push(`${rows - executions.size} never executed`);
    if (figures.right !== rows) faults.push(`${figures.right} right answers of ${rows}`);
    return { faults: [...slept.faults, ...faults], figures: figuresOf(slept, figures, twice) };
  } finally {
    await server.stop();
  }
}

const figuresOf = ({ stopped, wokenEarly }, { records, uncertain }, twice) => ({
  records,
  stopped,
  'woken while another worked': wokenEarly,
  uncertain,
  'done twice': twice,
});

/** @param moment Resolves when the life that begins now is to be stopped. */
async function sleepAgainAndAgain({ place, name, args, stops, chance, moment }) {
  const directory = join(place, name);
  const sleepers = [];
  let wokenEarly = 0;
  let end = null;
  for (let life = 0; end === null; life += 1) {
    const log = `${name}-${life}.log`;
    const program = startProgram(place, args, { log });
    await Promise.race([ownsLock(directory, program.child.pid), program.ended]);
    const late = sleepers.at(-1);
    if (late !== undefined && chance.happens(0.5)) {
      await longEnough(late);
      late.program.child.kill('SIGCONT');
      wokenEarly += 1;
    }
    const isToStop = life < stops ? moment().then(() => null) : new Promise(() => {});
    end = await Promise.race([program.ended, isToStop]);
    if (end !== null) break;
    program.child.kill('SIGSTOP');
    if (!(await isStopped(program.child.pid))) {
      end = await program.ended; // it was finished a moment before
      break;
    }
    await beSilent(directory);
    sleepers.push({ program, log: join(place, log), since: performance.now() });
  }
  return { ...(await wakeAll(sleepers, directory, end)), wokenEarly };
}

async function wakeAll(sleepers, directory, end) {
  const faults = [];
  if (end.code !== 0 && end.code !== 1) faults.push(`the last one ended with ${end.code}`);
  const before = await filesOf(directory);
  for (const sleeper of sleepers) {
    await longEnough(sleeper);
    sleeper.program.child.kill('SIGCONT');
    const { code } = await sleeper.program.ended;
    const said = await readFile(sleeper.log, 'utf8');
    if (code !== 3 || !/took this batch over|just taking this batch over/.test(said))
      faults.push(`a sleeper ended with ${code} and said: ${said.trim().slice(-300)}`);
  }
  const after = await filesOf(directory);
  const changed = Object.keys({ ...before, ...after }).filter((name) => before[name] !== after[name]);
  if (changed.length > 0) faults.push(`changed by those that woke: ${changed.join(', ')}`);
  return { faults, stopped: sleepers.length };
}

/** Nobody can take a lock over so soon after its heartbeat but by the trick below: a nap of three seconds is noticed. */
const longEnough = ({ since }) => sleep(Math.max(0, 3_200 - (performance.now() - since)));

/** Resolves once the lock names this process. */
async function ownsLock(directory, pid) {
  for (;;) {
    const text = await readFile(join(directory, 'lock'), 'utf8').catch(() => '');
    if (text.includes(`"pid":${pid},`)) return;
    await sleep(5);
  }
}

/** False: it has ended instead. */
async function isStopped(pid) {
  for (;;) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z ');
    const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
    if (state === 'T') return true;
    if (state === 'Z') return false;
    await sleep(1);
  }
}

/** Makes its last heartbeat one of half a minute ago. */
async function beSilent(directory) {
  const time = Date.now() / 1_000 - 31;
  await utimes(join(directory, 'lock'), time, time).catch(() => {}); // released already
}

async function filesOf(directory) {
  const names = await readdir(directory);
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(directory, name), 'utf8')])),
  );
}
