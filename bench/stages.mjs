/**
 * What each stage of a row costs alone, beside the whole and beside the bare loop: where the floor is. Each stage is a
 * process of its own, warmed by a tenth of the rows; µs of processor time a row, all threads of the process.
 *
 *   npm run build && node bench/stages.mjs --rows 50000
 */

import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { inLanes } from './chaos/lanes.mjs';
import { assertBuilt } from './chaos/program.mjs';
import { writeDataset } from './dataset.mjs';
import { cpuUs, shown } from './figure.mjs';
import { machine, shownMachine } from './machine.mjs';
import { answerOf, jobOf, recordOf, version } from './made.mjs';
import { measure, measureRun, measureYardstick, startServer } from './processes.mjs';

const own = (path) => import(`../dist/${path}.js`);
const never = new AbortController().signal;
const facts = { id: 'bench', name: null, graph: null, version, updatedAt: null };
/** As many lines as come together while one group is synced, with 50 in flight on a disk that takes some ms. */
const groupLines = 25;

/** Prepared with what all its turns share; each then does so many rows. */
const stages = {
  read: {
    tells: 'the dataset read as examples, once of three times',
    prepare: async ({ dataset }) => {
      const { openDataset } = await own('readers/index');
      return async (rows) => {
        let left = rows;
        const format = { name: 'csv', isGzipped: false };
        for await (const _ of openDataset(createReadStream(dataset), format, { name: 'rows' }))
          if (--left === 0) return;
      };
    },
  },
  way: {
    tells: 'planned, given a slot, tried, made a record, added up: an agent in memory, nothing written',
    prepare: async ({ dataset, concurrency }) => {
      const { openDataset } = await own('readers/index');
      const { runBatch } = await own('batch');
      const { createLocalEngine } = await own('engines/local');
      const { answered } = await own('agent/response');
      const { createSummary } = await own('reports/summary');
      const agent = {
        version,
        open: () => ({
          ask: async (turn) => {
            await nextTurn();
            const output = answerOf(turn.input);
            const [, { content: response }] = output.messages;
            return answered({ response, messages: output.messages, tool_calls: [], usage: null, output });
          },
          close: async () => true,
        }),
      };
      const sink = { write: nextTurn, close: async () => {} };
      return async (rows) => {
        const summary = createSummary();
        const examples = openDataset(
          createReadStream(dataset),
          { name: 'csv', isGzipped: false },
          { name: 'rows' },
        );
        await runBatch({
          examples: firstOf(examples, rows),
          agent,
          engine: createLocalEngine(concurrency, { getReady: false }),
          sink,
          options: { delivery: 'at-least-once' },
          onRecord: (record) => summary.add(record),
        });
      };
    },
  },
  agent: {
    tells: 'asked over HTTP: body, request, answer, outcome',
    prepare: async ({ url, concurrency }) => {
      const { connect } = await own('agent/index');
      const { StartedTry, TimeLimit } = await own('try');
      const { systemRuntime: runtime } = await own('runtime');
      const limits = { connectTimeoutMs: 10_000, idleTimeoutMs: 60_000, maxAnswerBytes: 1e8 };
      const connection = connect(
        { ...limits, url, agent: 'bench', headers: {}, proxies: {}, secrets: [] },
        runtime,
      );
      const settings = { batchId: 'bench', mode: 'stateless', delivery: 'at-least-once', threads: 'auto' };
      const rest = { isLocal: false, stream: false, body: {}, ratePerMs: null };
      const agent = connection.agent(facts, { ...settings, ...rest }, { note: async () => {} });
      return (rows) =>
        inLanes(concurrency, numbers(rows), async (row) => {
          const job = jobOf(row);
          const shared = { limit: new TimeLimit(60_000, runtime), signal: never };
          const { outcome } = await agent
            .open(job)
            .ask(job.turns[0], new StartedTry(1, null, shared, runtime));
          if (outcome !== 'success') throw new Error(`expected a success, got ${outcome}`);
        });
    },
  },
  journal: {
    tells: `records written durably, ${groupLines} a group`,
    prepare: async ({ place }) => {
      const { openJournal } = await own('sinks/jsonl');
      const { RecordIndex } = await own('sinks/record-index');
      const journal = await openJournal(join(place, 'journal.jsonl'), new RecordIndex());
      return async (rows) => {
        for (let row = 0; row < rows; row += groupLines) {
          await Promise.all(numbers(groupLines).map((at) => journal.write(recordOf(row + at))));
        }
      };
    },
  },
  csv: {
    tells: 'the CSV files made of dataset and journal',
    prepare: async ({ place, dataset, rows: all }) => {
      const { openDataset } = await own('readers/index');
      const { writeCsvFiles } = await own('sinks/csv');
      const { openExampleRecords } = await own('sinks/example-records');
      const { openJournal } = await own('sinks/jsonl');
      const { RecordIndex } = await own('sinks/record-index');
      const index = new RecordIndex();
      const files = { journal: join(place, 'results.jsonl'), scores: join(place, 'scores.jsonl') };
      const journal = await openJournal(files.journal, index);
      for (let row = 0; row < all; row += 1_000) {
        await Promise.all(numbers(Math.min(1_000, all - row)).map((at) => journal.write(recordOf(row + at))));
      }
      return async (rows) => {
        const options = { directory: place, guard: 'agent', bom: false };
        const open = () =>
          openDataset(createReadStream(dataset), { name: 'csv', isGzipped: false }, { name: 'rows' });
        const records = await openExampleRecords(files, index);
        const roles = { id: 'id', input: 'prompt', thread: null, expected: null };
        const examples = () => firstOf(open(), rows);
        const sources = { examples, columns: ['id', 'prompt'], roles, records, scorers: [] };
        await writeCsvFiles(sources, options);
        await records[Symbol.asyncDispose]();
      };
    },
  },
};

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
const numbers = (count) => Array.from({ length: count }, (_, at) => at);

async function* firstOf(items, count) {
  let left = count;
  for await (const item of items) {
    yield item;
    if (--left === 0) return;
  }
}

/** In a process of its own: tells what the rows took, without what came before them. */
async function measureStage(name, given) {
  const work = await stages[name].prepare(given);
  await work(Math.max(groupLines, given.rows / 10));
  const before = process.cpuUsage();
  await work(given.rows);
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(JSON.stringify((user + system) / given.rows));
  process.exit(0);
}

async function main({ rows, concurrency }) {
  const place = await mkdtemp(join(tmpdir(), 'bench-stages-'));
  const server = await startServer({});
  try {
    const { url } = server;
    const dataset = await writeDataset(place, rows);
    const given = { place, dataset, url, rows, concurrency };
    const print = (us, tells) => process.stdout.write(`${shown(us).padStart(7)}  ${tells}\n`);
    process.stdout.write(`${shownMachine(machine())}; load ${machine().load}; µs a row, ${rows} rows\n`);
    let sum = 0;
    for (const [name, { tells }] of Object.entries(stages)) {
      const us = await told(given, name);
      sum += us;
      print(us, `${name}: ${tells}`);
    }
    print(sum, 'their sum');
    const args = ['--mode', 'stateless', '--delivery', 'at-least-once', '--concurrency', String(concurrency)];
    print(
      cpuUs(rows, await measureRun(place, { dataset, url, out: 'all', args })),
      'the whole, with its start',
    );
    print(cpuUs(rows, await measureYardstick(place, 'bare', { url, dataset, concurrency })), 'the bare loop');
  } finally {
    await server.stop();
    await rm(place, { recursive: true, force: true });
  }
}

async function told(given, name) {
  await measure(given.place, [import.meta.filename, '--stage', name, JSON.stringify(given)]);
  return Number(await readFile(join(given.place, 'log.txt'), 'utf8'));
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    stage: { type: 'string' },
    rows: { type: 'string', default: '50000' },
    concurrency: { type: 'string', default: '50' },
  },
});
assertBuilt();
if (values.stage !== undefined) await measureStage(values.stage, JSON.parse(positionals[0]));
else await main({ rows: Number(values.rows), concurrency: Number(values.concurrency) });
