import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readRows, writeDataset } from '../dataset.mjs';
import { atLeast, cpuUs, perSecond, shown } from '../figure.mjs';
import { assertRecords, measure, measureRun } from '../processes.mjs';
import { inTurns } from '../turns.mjs';

const version = '0.123.1';

/** Of another day and another Node: 10,000 rows, 50 at once, JSONL, Node 24 on two busy cores. */
const earlier = { wallMs: 91_400, cpuMs: 82_200, peakMb: 821, rows: 10_000 };

/** The nearest program that others use. */
export const promptfoo = {
  name: 'promptfoo',
  tells: `against promptfoo ${version}; without --promptfoo against figures of another day`,
  defaults: { rows: 10_000, concurrency: 50, rounds: 3 },
  quick: { rows: 100, rounds: 1 },
  run: async ({ rows, concurrency, rounds, place, serve, promptfoo: isAsked }) => {
    const server = await serve({});
    const { url } = server;
    const dataset = await writeDataset(place, rows);
    const theirs = isAsked ? await installed(place, { url, dataset, concurrency }) : null;
    const measured = await inTurns(rounds, {
      ...(theirs && {
        theirs: async () => {
          await server.reset();
          const run = await theirs();
          const { requests } = await server.figures();
          if (requests['POST runs'] !== rows)
            throw new Error(`promptfoo: expected ${rows} requests, saw ${JSON.stringify(requests)}`);
          return run;
        },
      }),
      ours: async (round) => {
        const out = `ours-${round}`;
        const args = ['--mode', 'stateless', '--delivery', 'at-least-once', '-c', String(concurrency)];
        const run = await measureRun(place, { dataset, url, out, args });
        await assertRecords(place, out, rows);
        return run;
      },
    });
    return compared(rows, measured.ours, measured.theirs ?? null);
  },
};

function compared(rows, ours, measured) {
  const theirs = measured ?? earlier;
  const theirRows = measured === null ? earlier.rows : rows;
  const source = measured === null ? '; its figures are of another day, not of this run' : '';
  const name = `promptfoo ${version}, ${rows.toLocaleString('en-GB')} rows`;
  const row = (what, unit, beside) => ({ what: `${what} ${name}`, unit, beside: beside + source });
  const speeds = [perSecond(rows, ours), perSecond(theirRows, theirs)];
  const costs = [cpuUs(rows, ours), cpuUs(theirRows, theirs)];
  return [
    atLeast(
      40,
      speeds[0] / speeds[1],
      row('against', '× its rows/s', `${speeds.map(shown).join(' rows/s, ')} rows/s`),
    ),
    atLeast(
      25,
      costs[1] / costs[0],
      row('processor time of a row of', '× ours', `${costs.map(shown).join(' µs, ')} µs`),
    ),
    atLeast(
      4,
      theirs.peakMb / ours.peakMb,
      row('most memory of', '× ours', `${shown(ours.peakMb)} MB, ${shown(theirs.peakMb)} MB`),
    ),
  ];
}

/** Installs it for this once, and gives what runs it. Nothing of it is a dependency. */
async function installed(place, { url, dataset, concurrency }) {
  const home = join(place, 'promptfoo');
  await mkdir(home);
  await writeFile(join(home, 'package.json'), '{"private":true}');
  process.stderr.write(`Installing promptfoo ${version} into a temporary directory\n`);
  await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', `promptfoo@${version}`], {
    cwd: home,
  });
  const main = join(home, 'node_modules/promptfoo/dist/src/main.js');
  if (!existsSync(main)) throw new Error('promptfoo was installed and its program is not where it was');
  await writeFile(join(home, 'config.json'), JSON.stringify(configOf(url, dataset)));
  const args = ['eval', '-c', 'config.json', '--no-cache', '--no-table', '--no-progress-bar'];
  return () => measure(home, [main, ...args, '-j', String(concurrency), '-o', 'out.jsonl']);
}

const configOf = (url, dataset) => ({
  prompts: ['{{prompt}}'],
  providers: [
    {
      id: `${url}/runs/wait`,
      config: {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: { assistant_id: 'bench', input: { messages: [{ role: 'user', content: '{{prompt}}' }] } },
        transformResponse: 'json.messages[1].content',
      },
    },
  ],
  tests: readRows(dataset).map((vars) => ({ vars })),
});
