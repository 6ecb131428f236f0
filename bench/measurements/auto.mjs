import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cli } from '../chaos/program.mjs';
import { startReal } from '../chaos/servers.mjs';
import { atLeast, atMost, shown } from '../figure.mjs';
import { measure } from '../processes.mjs';

/** By when it is to have settled; what comes before is not counted, of the fixed settings neither. */
const settledS = 30;

/** Questions that a sample agent takes 200 to 800 ms for, in no order. */
async function writeWaits(place, rows) {
  const path = join(place, 'waits.csv');
  const lines = Array.from({ length: rows }, (_, row) => `row-${row},${200 + ((row * 7_919) % 601)}\n`);
  await writeFile(path, `id,prompt\n${lines.join('')}`);
  return path;
}

/** What a batch that its deadline stopped had done, and been refused, once it had had time to settle. */
async function runFor(place, { dataset, url, concurrency, seconds }) {
  const out = `at-${concurrency}`;
  const { startedAt } = await measure(
    place,
    [
      ...[cli, 'run', dataset, '--url', url, '--agent', 'slow', '--out', out, '--yes', '--quiet'],
      ...['--mode', 'stateless', '--delivery', 'at-least-once', '--concurrency', String(concurrency)],
      ...['--deadline', `${seconds}s`, '--grace', '20s'],
    ],
    { codes: [3] },
  );
  const text = await readFile(join(place, out, 'results.jsonl'), 'utf8');
  const summary = JSON.parse(await readFile(join(place, out, 'summary.json'), 'utf8'));
  const from = startedAt + settledS * 1000;
  const to = startedAt + seconds * 1000;
  const records = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ finished_at }) => Date.parse(finished_at) >= from && Date.parse(finished_at) < to);
  const attempts = records.flatMap((record) => record.attempts);
  return {
    perSecond: records.length / (seconds - settledS),
    refused: attempts.filter(({ status }) => status === 429 || status === 503).length / attempts.length,
    concurrency: summary.concurrency,
  };
}

/** The limit that it held at a time of its own. */
const limitAt = (history, ms) => history.findLast(({ at_ms }) => at_ms <= ms)?.limit ?? 0;

/** Does it find what a real server bears, with nobody telling it? */
export const auto = {
  name: 'auto',
  tells: '`--concurrency auto` on the real local Agent Server, against the best of five fixed settings',
  defaults: { workers: 10, seconds: 75 },
  quick: { workers: 4, seconds: 35 },
  run: async ({ workers, seconds, place }) => {
    const server = await startReal(place, { workers, witness: join(place, 'witness.jsonl') });
    try {
      const dataset = await writeWaits(place, 100 * seconds);
      const settings = [0.5, 1, 2, 4, 8].map((share) => Math.round(share * workers));
      const fixed = [];
      for (const concurrency of settings) {
        const { perSecond } = await runFor(place, { dataset, url: server.url, concurrency, seconds });
        fixed.push({ concurrency, perSecond });
      }
      const found = await runFor(place, { dataset, url: server.url, concurrency: 'auto', seconds });
      const best = fixed.reduce((one, other) => (other.perSecond > one.perSecond ? other : one));
      const told = fixed.map(({ concurrency, perSecond }) => `${shown(perSecond)} at ${concurrency}`);
      const { settled, limit, history } = found.concurrency;
      return [
        atLeast(0.85, found.perSecond / best.perSecond, {
          what: `real Agent Server of ${workers} workers, runs of 200 to 800 ms: auto against the best fixed setting, from the ${settledS}th second on`,
          unit: '× its throughput',
          beside: `${shown(found.perSecond)} runs/s; fixed: ${told.join(', ')}; auto held ${limitAt(history, settledS * 1000)} at ${settledS} s, ${settled ?? limit} at the end`,
        }),
        atMost(2, found.refused * 100, {
          what: 'the same: requests refused from then on',
          unit: '%',
          beside: found.concurrency.sentence,
        }),
      ];
    } finally {
      await server.stop();
    }
  },
};
