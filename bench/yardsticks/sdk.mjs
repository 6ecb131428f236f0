/** The LangGraph SDK's `runs.wait`, so many at once, each answer a line of JSONL. The lanes do what p-map does. */

import { createWriteStream } from 'node:fs';
import { Client } from '@langchain/langgraph-sdk';
import { inLanes } from '../chaos/lanes.mjs';
import { readRows } from '../dataset.mjs';
import { bodyOf } from './body.mjs';

const { url, dataset, concurrency, out } = JSON.parse(process.argv[2]);
const lines = createWriteStream(out);
// Its own queue lets four through at once.
const client = new Client({ apiUrl: url, callerOptions: { maxConcurrency: concurrency } });

await inLanes(concurrency, readRows(dataset), async (row) => {
  const from = performance.now();
  const { assistant_id: agent, input, metadata } = bodyOf(row);
  const values = await client.runs.wait(null, agent, { input, metadata });
  lines.write(`${JSON.stringify({ id: row.id, latency_ms: performance.now() - from, values })}\n`);
});
await new Promise((resolve) => lines.end(resolve));
