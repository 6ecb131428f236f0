/** Kills and a spoiling proxy between the program and the real local Agent Server. */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkBatch } from '../checker.mjs';
import { writeRows } from '../dataset.mjs';
import { killUntilFinished } from '../program.mjs';
import { startProxy } from '../proxy.mjs';
import { executionsOf, threadsOf, workersAlive } from '../real-facts.mjs';
import { startReal } from '../servers.mjs';

export const exactlyOnce = {
  name: 'exactly-once',
  tells:
    'single turns on the real server, kill -9, spoilt POSTs (--cut percent): executed and answered once each, no thread left',
  defaults: { rows: 1_500, kills: 50, concurrency: 20, cut: 30 },
  run,
};

async function run({ place, chance, rows, kills, concurrency, cut }) {
  const asked = await writeRows(join(place, 'data.csv'), rows, (question) => `1: ${question}`);
  const witness = join(place, 'witness.jsonl');
  const server = await startReal(place, { workers: concurrency, witness });
  const log = join(place, 'proxy.jsonl');
  const proxy = await startProxy({ target: server.url, share: cut / 100, mostHeldMs: 3_000, chance, log });
  try {
    const args = ['run', 'data.csv', '--url', proxy.url, '--agent', 'counted', '--out', 'batch'];
    args.push('-c', String(concurrency), '--progress', 'none');
    const moment = momentOf(proxy, chance);
    const end = await killUntilFinished(place, args, { kills, moment });
    await proxy.quiet();
    const { faults, figures } = await checkBatch(join(place, 'batch'), asked);
    const executions = await executionsOf(witness);
    const threads = await threadsOf(server.url);
    const alive = await workersAlive(server.url, concurrency, witness);
    const total = [...executions.values()].reduce((sum, times) => sum + times, 0);
    const doubled = [...executions].filter(([, times]) => times > 1).map(([key]) => key);
    const withRuns = threads.filter((thread) => thread.runs > 0);
    const reopened = threads.length - withRuns.length;

    faults.push(...end.faults);
    if (end.code !== 0) faults.push(`exit ${end.code}`);
    if (figures.right !== rows) faults.push(`${figures.right} right answers of ${rows}`);
    if (executions.size !== rows) faults.push(`${rows - executions.size} never executed`);
    if (doubled.length > 0) faults.push(`${doubled.length} executed more than once: ${doubled.slice(0, 5)}`);
    if (figures.uncertain > 0) faults.push(`${figures.uncertain} uncertain`);
    if (withRuns.length > 0) faults.push(`${withRuns.length} threads with runs left`);
    if (reopened > proxy.counts.heldThreads) faults.push(`${reopened} empty threads left`);
    if (alive < concurrency) faults.push(`${alive} of ${concurrency} workers alive`);
    return {
      faults,
      figures: {
        ...figures,
        kills: end.killed,
        starts: end.starts,
        executions: total,
        ...proxy.counts,
        'threads left': withRuns.length,
        'reopened by a late POST /threads': reopened,
        'workers alive': alive,
        exit: end.code,
      },
    };
  } finally {
    proxy.stop();
    await server.stop();
  }
}

/** 0.3 to 1.2 s after the first request for a run; some before there is one. */
function momentOf(proxy, chance) {
  return async () => {
    if (!chance.happens(0.15)) await proxy.runSeen();
    await sleep(chance.between(300, 1_200));
  };
}
