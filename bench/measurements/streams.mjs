import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { writeDataset } from '../dataset.mjs';
import { atMost, shown } from '../figure.mjs';
import { median } from '../middle.mjs';
import { assertRecords, measureRun } from '../processes.mjs';
import { inTurns } from '../turns.mjs';

const tokenMs = 10;
const firstTokenMs = 100;

/** What streaming costs, and whether the first token is told truly. */
export const streams = {
  name: 'streams',
  tells: '100 streams at once of 100 tokens a second each',
  defaults: { rows: 1_000, concurrency: 100, tokens: 200, rounds: 3 },
  quick: { rows: 20, concurrency: 10, tokens: 20, rounds: 1 },
  run: async ({ rows, concurrency, tokens, rounds, place, serve }) => {
    const server = await serve({ tokens, tokenMs, firstTokenMs });
    const dataset = await writeDataset(place, rows);
    const { ours } = await inTurns(rounds, {
      ours: async (round) => {
        const out = `streams-${round}`;
        await server.reset();
        const args = ['--mode', 'stateless', '--stream', '--concurrency', String(concurrency)];
        const measured = await measureRun(place, { dataset, url: server.url, out, args });
        await assertRecords(place, out, rows);
        const { ttftP50 } = await server.figures();
        return { ...measured, ttftP50, ...(await facts(join(place, out, 'results.jsonl'), tokens)) };
      },
    });
    const { cpuMs, wallMs, whole, toldTtft, ttftP50, peakMb } = ours;
    // Of the time that the streams take by themselves: where all is slow, a share of the wall time would flatter.
    const idealMs = (rows / concurrency) * (firstTokenMs + tokens * tokenMs);
    return [
      atMost(35, (cpuMs / idealMs) * 100, {
        what: `${concurrency} streams at once of 100 tokens/s each, ${tokens} tokens long: share of one core`,
        unit: '%',
        beside: `${shown(cpuMs / 1000)} s of the ideal ${shown(idealMs / 1000)} s, wall ${shown(wallMs / 1000)} s; ${shown(peakMb)} MB`,
      }),
      atMost(0, rows - whole, {
        what: 'the same: answers without each of their tokens',
        unit: 'answers',
        beside: `${rows.toLocaleString('en-GB')} answers`,
      }),
      atMost(5, Math.abs(toldTtft - ttftP50), {
        what: "the same: `ttft_ms` told against the server's own, medians",
        unit: 'ms apart',
        beside: `${toldTtft.toFixed(1)} ms, ${ttftP50.toFixed(1)} ms`,
      }),
    ];
  },
};

async function facts(path, tokens) {
  const expected = Array.from({ length: tokens }, (_, at) => `t${at} `).join('');
  const ttfts = [];
  let whole = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const { response, ttft_ms: ttft, usage } = JSON.parse(line);
    ttfts.push(ttft);
    if (response.trim() === expected.trim() && usage.output_tokens === tokens) whole += 1;
  }
  return { whole, toldTtft: median(ttfts) };
}
