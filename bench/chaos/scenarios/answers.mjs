/** Runs that ask on the real local server, answered by script, by rule and by a person, killed in between: each answer once. */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { killUntilFinished } from '../program.mjs';
import { startProxy } from '../proxy.mjs';
import { startReal } from '../servers.mjs';

export const answers = {
  name: 'answers',
  tells: 'on the real server, kill -9: each scripted, ruled and personal answer reached its run once',
  defaults: { asking: 40, kills: 12, concurrency: 5, cut: 0 },
  run,
};

const rules = '- tool: ruled\n  reject: by rule\n';
const ways = ['twice', 'ruled', 'person'];

/** What is asked, and what each stop is to be answered. */
const examplesOf = (count) =>
  Array.from({ length: count }, (_, at) => {
    const way = ways[at % ways.length];
    const decided = {
      twice: [{ decisions: [{ type: 'approve' }] }, `sure ${at}`],
      ruled: [{ decisions: [{ type: 'reject', message: 'by rule' }] }],
      person: [{ decisions: [{ type: 'edit', edited_action: { name: 'person', args: { order: at } } }] }],
    }[way];
    return { id: `e${at}`, prompt: `${way} ${at}`, way, decided };
  });

async function run({ place, chance, asking, kills, concurrency, cut }) {
  const examples = examplesOf(asking);
  const rows = examples.map(({ id, prompt, way, decided }) =>
    JSON.stringify({ id, prompt, ...(way === 'twice' && { resume: decided }) }),
  );
  await writeFile(join(place, 'data.jsonl'), `${rows.join('\n')}\n`);
  await writeFile(join(place, 'rules.yaml'), rules);
  const witness = join(place, 'witness.jsonl');
  const server = await startReal(place, { workers: concurrency, witness });
  const log = join(place, 'proxy.jsonl');
  const proxy = await startProxy({ target: server.url, share: cut / 100, mostHeldMs: 3_000, chance, log });
  try {
    const moment = async () => {
      await proxy.runSeen();
      await sleep(chance.between(50, 900));
    };
    const shared = ['-c', String(concurrency), '--progress', 'none'];
    const asked = ['run', 'data.jsonl', '--url', proxy.url, '--agent', 'asks', '--out', 'batch'];
    const half = Math.ceil(kills / 2);
    const first = await killUntilFinished(place, [...asked, '--answers', 'rules.yaml', ...shared], {
      kills: half,
      moment,
    });
    await decide(place, examples);
    const second = await killUntilFinished(place, ['answer', 'batch', 'decisions.csv', ...shared], {
      kills: kills - half,
      moment,
    });
    await proxy.quiet();
    const faults = [...first.faults, ...second.faults];
    // Cut off, the delete of a thread may be left to the next start, which is told by 3.
    if (first.code !== 1 && !(cut > 0 && first.code === 3))
      faults.push(`exit ${first.code} of the run: a third waits for a person`);
    if (second.code !== 0) faults.push(`exit ${second.code} of the answers`);
    const reached = await judge(witness, examples, faults);
    faults.push(...(await wrongRecords(join(place, 'batch/results.jsonl'), examples)));
    return {
      faults,
      figures: {
        asking,
        ...reached,
        kills: first.killed + second.killed,
        ...proxy.counts,
        exit: second.code,
      },
    };
  } finally {
    proxy.stop();
    await server.stop();
  }
}

/** A person fills in a copy of interrupted.csv. */
async function decide(place, examples) {
  const byId = new Map(examples.map((example) => [example.id, example]));
  const waiting = parse(await readFile(join(place, 'batch/interrupted.csv')), { columns: true });
  for (const row of waiting) {
    const [{ decisions }] = byId.get(row.id).decided;
    row.decision = `edit ${JSON.stringify(decisions[0].edited_action.args)}`;
  }
  await writeFile(join(place, 'decisions.csv'), stringify(waiting, { header: true }));
}

/** What each run was told, by its own word: every answer once, and the right one. */
async function judge(witness, examples, faults) {
  const lines = (await readFile(witness, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  let once = 0;
  for (const { id, decided } of examples) {
    for (const [at, expected] of decided.entries()) {
      const told = lines.filter(({ example, place }) => example === id && place === at + 1);
      const isRight = told.length === 1 && JSON.stringify(told[0].answer) === JSON.stringify(expected);
      if (isRight) once += 1;
      else
        faults.push(
          `${id}, stop ${at + 1}: told ${told.length} times: ${JSON.stringify(told).slice(0, 200)}`,
        );
    }
  }
  return { answers: lines.length, 'reached their run once': once };
}

async function wrongRecords(path, examples) {
  const newest = new Map();
  for (const line of (await readFile(path, 'utf8')).trimEnd().split('\n')) {
    const record = JSON.parse(line);
    if ((newest.get(record.id)?.revision ?? 0) < record.revision) newest.set(record.id, record);
  }
  return examples
    .filter(({ id, decided }) => {
      const { outcome, answers: given = [] } = newest.get(id) ?? {};
      return (
        outcome !== 'success' || JSON.stringify(given.map(({ answer }) => answer)) !== JSON.stringify(decided)
      );
    })
    .map(({ id }) => `a wrong record: ${JSON.stringify(newest.get(id) ?? id).slice(0, 400)}`);
}
