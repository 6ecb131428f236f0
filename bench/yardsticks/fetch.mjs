/**
 * The built-in `fetch`, so many at once, each answer a line of JSONL: what is written in ten minutes.
 * The lanes do what p-limit does, and cost less.
 */

import { createWriteStream } from 'node:fs';
import { inLanes } from '../chaos/lanes.mjs';
import { readRows } from '../dataset.mjs';
import { bodyOf } from './body.mjs';

const { url, dataset, concurrency, out } = JSON.parse(process.argv[2]);
const lines = createWriteStream(out);

await inLanes(concurrency, readRows(dataset), async (row) => {
  const from = performance.now();
  const response = await fetch(`${url}/runs/wait`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(bodyOf(row)),
  });
  const values = await response.json();
  lines.write(`${JSON.stringify({ id: row.id, latency_ms: performance.now() - from, values })}\n`);
});
await new Promise((resolve) => lines.end(resolve));
