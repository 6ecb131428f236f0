/** The bare loop with a thread for each row: the requests that exactly-once sends, and nothing else. */

import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { inLanes } from '../chaos/lanes.mjs';
import { readRows } from '../dataset.mjs';
import { bodyOf } from './body.mjs';

const { url, dataset, concurrency } = JSON.parse(process.argv[2]);
const pool = new Pool(url, { connections: concurrency });

async function ask(method, path, value) {
  const { body, headers } = await pool.request({
    method,
    path,
    ...(value && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) }),
  });
  await body.text();
  return headers;
}

await inLanes(concurrency, readRows(dataset), async (row) => {
  const threadId = randomUUID();
  await ask('POST', '/threads', { thread_id: threadId, metadata: { example: row.id } });
  const headers = await ask('POST', `/threads/${threadId}/runs/wait`, bodyOf(row));
  await ask('GET', headers['content-location']);
  await ask('GET', `/threads/${threadId}`);
  await ask('DELETE', `/threads/${threadId}`);
});
await pool.close();
