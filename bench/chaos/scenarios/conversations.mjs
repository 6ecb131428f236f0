/** Conversations on the real local Agent Server, killed in between: each turn once, each history right and in order. */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkBatch } from '../checker.mjs';
import { writeConversations } from '../dataset.mjs';
import { killUntilFinished } from '../program.mjs';
import { startProxy } from '../proxy.mjs';
import { executionsOf, historyOf, threadsOf } from '../real-facts.mjs';
import { startReal } from '../servers.mjs';

export const conversations = {
  name: 'conversations',
  tells:
    'on the real server, kill -9: each turn executed once, histories right; with --cut, late requests may run a later turn twice',
  defaults: { conversations: 40, turns: 5, kills: 20, concurrency: 10, cut: 0 },
  run,
};

async function run({ place, chance, conversations: count, turns, kills, concurrency, cut }) {
  const asked = await writeConversations(join(place, 'data.csv'), count, turns);
  const witness = join(place, 'witness.jsonl');
  const server = await startReal(place, { workers: concurrency, witness });
  const log = join(place, 'proxy.jsonl');
  const proxy = await startProxy({ target: server.url, share: cut / 100, mostHeldMs: 3_000, chance, log });
  try {
    const args = ['run', 'data.csv', '--url', proxy.url, '--agent', 'counted', '--out', 'batch'];
    args.push('-c', String(concurrency), '--progress', 'none');
    const moment = async () => {
      if (!chance.happens(0.15)) await proxy.runSeen();
      await sleep(chance.between(100, 700));
    };
    const end = await killUntilFinished(place, args, { kills, moment });
    await proxy.quiet();
    const { faults, figures } = await checkBatch(join(place, 'batch'), asked);
    const executions = await executionsOf(witness);
    const threads = (await threadsOf(server.url)).filter((thread) => thread.runs > 0);
    const late = judgeExecutions(executions, { asked, proxy, faults });
    const wrong = await wrongHistories(server.url, threads, asked);
    faults.push(...end.faults);
    if (end.code !== 0) faults.push(`exit ${end.code}`);
    if (figures.right !== asked.length) faults.push(`${figures.right} right answers of ${asked.length}`);
    if (threads.length !== count) faults.push(`${threads.length} threads for ${count} conversations`);
    faults.push(...wrong);
    const total = [...executions.values()].reduce((sum, times) => sum + times, 0);
    return {
      faults,
      figures: {
        ...figures,
        kills: end.killed,
        executions: total,
        ...proxy.counts,
        'run twice by a late request': late,
        'wrong histories': wrong.length,
        exit: end.code,
      },
    };
  } finally {
    proxy.stop();
    await server.stop();
  }
}

/** Each turn once. The stated limit: a request that was held may run a turn after the first again when it is let go. */
function judgeExecutions(executions, { asked, proxy, faults }) {
  const never = asked.filter(({ id, turn }) => !executions.has(`${id} ${turn}`));
  const doubled = [...executions].filter(([, times]) => times > 1).map(([key]) => key);
  const first = doubled.filter((key) => key.endsWith(' 1'));
  if (never.length > 0) faults.push(`${never.length} never executed`);
  if (first.length > 0)
    faults.push(`${first.length} first turns executed more than once: ${first.slice(0, 5)}`);
  if (doubled.length > proxy.counts.held)
    faults.push(`${doubled.length} executed more than once: ${doubled.slice(0, 5)}`);
  return doubled.length;
}

/** Question and answer, turn for turn, nothing else. */
async function wrongHistories(url, threads, asked) {
  const rightOnes = new Set();
  for (const { thread } of asked) {
    const turns = asked.filter((each) => each.thread === thread);
    rightOnes.add(JSON.stringify(turns.flatMap(({ question, answer }) => [question, answer])));
  }
  const histories = await Promise.all(threads.map(({ thread_id }) => historyOf(url, thread_id)));
  return histories
    .map((texts) => JSON.stringify(texts))
    .filter((history) => !rightOnes.delete(history))
    .map((history) => `a wrong history: ${history.slice(0, 300)}`);
}
