/** The disk fails, or the program dies, at every single system call on the files of a batch. */

import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkBatch } from '../checker.mjs';
import { writeRows } from '../dataset.mjs';
import { inLanes } from '../lanes.mjs';
import { runProgram } from '../program.mjs';
import { threadsOf, witnessed } from '../real-facts.mjs';
import { startReal, startScripted } from '../servers.mjs';
import { assertStrace, faulty, wasHit } from '../strace.mjs';

const defaults = { rows: 50, concurrency: 25, lanes: 2 };
/** Calls that fill a file, make it durable, or make it and put it in its place. */
const writes = ['write', 'pwrite64', 'writev', 'pwritev'];
const syncs = ['fdatasync', 'fsync'];
const names = ['mkdir', 'openat', 'link', 'rename', 'unlink', 'ftruncate'];
const isAlwaysMade = new Set(['write', 'fdatasync', 'fsync', 'openat', 'link', 'rename']);

const all = (calls, ...hows) => hows.flatMap((how) => calls.map((call) => ({ call, how })));

export const diskFaults = {
  name: 'disk-faults',
  tells: 'ENOSPC and EIO at the n-th write and sync, for all n (strace): exit 3, then 0 lost and 0 twice',
  defaults,
  run: (bench) => everyCall(bench, all([...writes, ...syncs], 'error=ENOSPC', 'error=EIO'), atMostOnce),
};

export const killedAtCall = {
  name: 'killed-at-call',
  tells: 'SIGKILL at the n-th write, sync, rename…, for all n (strace): 0 lost, 0 twice',
  defaults,
  run: (bench) => everyCall(bench, all([...writes, ...syncs, ...names], 'signal=KILL'), atMostOnce),
};

export const killedAtCallReal = {
  name: 'killed-at-call-real',
  tells: 'the same under exactly-once on the real server: each row executed and answered once',
  defaults,
  run: (bench) => everyCall(bench, all([...writes, ...syncs, ...names], 'signal=KILL'), exactlyOnce),
};

/** At-most-once against the scripted server, which counts. */
async function atMostOnce({ seed, concurrency }) {
  const server = await startScripted({ seed, leastMs: 20, mostMs: 20 });
  return {
    stop: server.stop,
    answerTo: (question) => `answer to ${question}`,
    args: (name) => ['--url', `${server.url}/at/${name}`, '--agent', 'scripted', '--mode', 'stateless'],
    mostUncertain: concurrency,
    timesOf: async (_, name) => Object.values((await server.counts(name)).examples),
    leftAtEnd: async () => [],
  };
}

/** Exactly-once on the real server, whose graph leaves a line for each execution. */
async function exactlyOnce({ place, concurrency }) {
  const witness = join(place, 'witness.jsonl');
  const server = await startReal(place, { workers: concurrency, witness });
  return {
    stop: server.stop,
    answerTo: (question) => `1: ${question}`,
    args: () => ['--url', server.url, '--agent', 'counted'],
    mostUncertain: 0,
    timesOf: async (own) => {
      const { id } = JSON.parse(await readFile(join(own, 'batch/batch.json'), 'utf8'));
      const times = new Map();
      for (const { batch, example } of await witnessed(witness))
        if (batch === id) times.set(example, (times.get(example) ?? 0) + 1);
      return [...times.values()];
    },
    leftAtEnd: async () => {
      const { length } = await threadsOf(server.url);
      return length > 0 ? [`${length} threads left at the server`] : [];
    },
  };
}

async function everyCall(bench, kinds, ground) {
  assertStrace();
  const server = await ground(bench);
  const faults = [];
  const hits = new Set();
  const figures = { faults: 0, 'exit 3': 0, uncertain: 0, executions: 0 };
  try {
    await inLanes(bench.lanes, kinds, async ({ call, how }) => {
      for (let nth = 1; ; nth += 1) {
        const name = `${call}-${how.split('=')[1]}-${nth}`;
        const found = await once({ ...bench, server, name }, { call, how, nth });
        faults.push(...found.faults.map((fault) => `${name}: ${fault}`));
        if (!found.isHit) break;
        hits.add(call);
        figures.faults += 1;
        figures[how] = (figures[how] ?? 0) + 1;
        figures['exit 3'] += found.code === 3 ? 1 : 0;
        figures.uncertain += found.figures.uncertain;
        figures.executions += found.figures.executions;
      }
    });
    // A bench that injects nothing proves nothing.
    for (const { call } of kinds)
      if (isAlwaysMade.has(call) && !hits.has(call)) faults.push(`${call} was never hit`);
    faults.push(...(await server.leftAtEnd()));
    return { faults, figures };
  } finally {
    await server.stop();
  }
}

/** One batch with one fault, and the same command again until it is finished. */
async function once({ place: all, server, name, rows, concurrency }, fault) {
  const place = join(all, name);
  await mkdir(place);
  const asked = await writeRows(join(place, 'data.csv'), rows, server.answerTo);
  const args = [
    'run',
    'data.csv',
    ...server.args(name),
    '--out',
    'batch',
    '-c',
    String(concurrency),
    '--quiet',
  ];
  const first = await runProgram(place, args, faulty(place, fault));
  const isHit = await wasHit(place);
  const faults = wrongEnd(first, isHit, fault.how, await readFile(join(place, 'program.log'), 'utf8'));
  const last = await runProgram(place, args);
  const found = await checkBatch(join(place, 'batch'), asked).catch((error) => ({
    faults: [`no batch that can be checked: ${error.message}`],
    figures: { uncertain: 0, right: 0 },
  }));
  const times = await server.timesOf(place, name).catch(() => []);
  const twice = times.filter((count) => count > 1).length;
  const { uncertain, right } = found.figures;
  faults.push(...found.faults);
  if (twice > 0) faults.push(`${twice} executed twice`);
  if (last.code !== (uncertain > 0 ? 1 : 0)) faults.push(`the next start ended with ${last.code}`);
  if (uncertain > server.mostUncertain) faults.push(`${uncertain} uncertain`);
  if (right + uncertain !== rows) faults.push('some neither right nor uncertain');
  if (times.length < right) faults.push(`${right} right answers, only ${times.length} executed`);
  if (faults.length === 0) await rm(place, { recursive: true });
  const executions = times.reduce((sum, count) => sum + count, 0);
  return { isHit, faults, code: first.code, figures: { ...found.figures, executions } };
}

/** A fault of the disk ends with 3 and its reason, unless nothing depended on the call. */
function wrongEnd({ code }, isHit, how, said) {
  if (!isHit) return code === 0 ? [] : [`without any fault it ended with ${code}`];
  if (how === 'signal=KILL') return [];
  if (/bug in threadmill/.test(said)) return [`called a bug: ${said.slice(0, 300)}`];
  if (code === 3) return /ENOSPC|EIO/.test(said) ? [] : ['exit 3 without the reason'];
  return code === 0 ? [] : [`ended with ${code}: ${said.slice(0, 300)}`];
}
