/** The disk fails, or the program dies, at every single system call on the files of a batch. */

import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkBatch } from '../checker.mjs';
import { writeRows } from '../dataset.mjs';
import { inLanes } from '../lanes.mjs';
import { runProgram } from '../program.mjs';
import { startScripted } from '../servers.mjs';
import { assertStrace, faulty, wasHit } from '../strace.mjs';

const defaults = { rows: 50, concurrency: 25, lanes: 2 };
/** Calls that make a file, fill it, make it durable, or put it in its place. */
const writes = ['write', 'pwrite64', 'writev', 'pwritev'];
const syncs = ['fdatasync', 'fsync'];
const names = ['mkdir', 'openat', 'link', 'rename', 'unlink', 'ftruncate'];

const isAlwaysMade = new Set(['write', 'fdatasync', 'fsync', 'openat', 'link', 'rename']);

export const diskFaults = {
  name: 'disk-faults',
  tells: 'ENOSPC and EIO at the n-th write and sync, for all n (strace): exit 3, then 0 lost and 0 twice',
  defaults,
  run: (bench) =>
    everyCall(bench, [
      ...writes.map((call) => ({ call, how: 'error=ENOSPC' })),
      ...writes.map((call) => ({ call, how: 'error=EIO' })),
      ...syncs.map((call) => ({ call, how: 'error=EIO' })),
      ...syncs.map((call) => ({ call, how: 'error=ENOSPC' })),
    ]),
};

export const killedAtCall = {
  name: 'killed-at-call',
  tells: 'SIGKILL at the n-th write, sync, rename…, for all n (strace): 0 lost, 0 twice',
  defaults,
  run: (bench) =>
    everyCall(
      bench,
      [...writes, ...syncs, ...names].map((call) => ({ call, how: 'signal=KILL' })),
    ),
};

async function everyCall(bench, kinds) {
  assertStrace();
  const server = await startScripted({ seed: bench.seed, leastMs: 20, mostMs: 20 });
  const faults = [];
  const hits = new Set();
  const figures = { faults: 0, uncertain: 0, executions: 0 };
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
        figures.uncertain += found.figures.uncertain;
        figures.executions += found.figures.executions;
      }
    });
    // A bench that injects nothing proves nothing.
    for (const call of new Set(kinds.map((kind) => kind.call)))
      if (isAlwaysMade.has(call) && !hits.has(call)) faults.push(`${call} was never hit`);
    return { faults, figures };
  } finally {
    await server.stop();
  }
}

/** One batch with one fault, and the same command again until it is finished. */
async function once({ place: all, server, name, rows, concurrency }, fault) {
  const place = join(all, name);
  await mkdir(place);
  const asked = await writeRows(join(place, 'data.csv'), rows, (question) => `answer to ${question}`);
  const args = [
    'run',
    'data.csv',
    '--url',
    `${server.url}/at/${name}`,
    '--agent',
    'scripted',
    '--out',
    'batch',
  ];
  args.push('--mode', 'stateless', '--delivery', 'at-most-once', '-c', String(concurrency), '--quiet');
  const first = await runProgram(place, args, faulty(place, fault));
  const isHit = await wasHit(place);
  const faults = wrongEnd(first, isHit, fault.how, await saidIn(place));
  // Stopped by the brake or a fault that was met late: the same command goes on.
  let last = await runProgram(place, args);
  if (last.code === 3) last = await runProgram(place, args);
  const found = await checkBatch(join(place, 'batch'), asked).catch((error) => ({
    faults: [`no batch that can be checked: ${error.message}`],
    figures: { uncertain: 0, right: 0 },
  }));
  const { examples } = await server.counts(name);
  const times = Object.values(examples);
  const twice = times.filter((count) => count > 1).length;
  faults.push(...found.faults);
  if (twice > 0) faults.push(`${twice} executed twice`);
  if (last.code !== (found.figures.uncertain > 0 ? 1 : 0))
    faults.push(`the next start ended with ${last.code}`);
  if (found.figures.uncertain > concurrency) faults.push(`${found.figures.uncertain} uncertain`);
  if (found.figures.right + found.figures.uncertain !== rows) faults.push('some neither right nor uncertain');
  if (faults.length === 0) await rm(place, { recursive: true });
  const executions = times.reduce((sum, count) => sum + count, 0);
  return { isHit, faults, figures: { ...found.figures, executions } };
}

const saidIn = (place) => readFile(join(place, 'program.log'), 'utf8');

/** A fault of the disk ends with 3 and its reason, unless nothing depended on the call. */
function wrongEnd({ code }, isHit, how, said) {
  if (!isHit) return code === 0 ? [] : [`without any fault it ended with ${code}`];
  if (how === 'signal=KILL') return [];
  if (/bug in threadmill/.test(said)) return [`called a bug: ${said.slice(0, 300)}`];
  if (code === 3) return /ENOSPC|EIO/.test(said) ? [] : ['exit 3 without the reason'];
  return code === 0 ? [] : [`ended with ${code}: ${said.slice(0, 300)}`];
}
