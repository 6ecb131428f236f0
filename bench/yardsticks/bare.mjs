/** The bare loop: undici's `Pool.request`, the answer read as text and thrown away. Writes nothing, checks nothing. */

import { Pool } from 'undici';
import { inLanes } from '../chaos/lanes.mjs';
import { readRows } from '../dataset.mjs';
import { bodyOf } from './body.mjs';

const { url, dataset, concurrency } = JSON.parse(process.argv[2]);
const pool = new Pool(url, { connections: concurrency });

await inLanes(concurrency, readRows(dataset), async (row) => {
  const { body } = await pool.request({
    method: 'POST',
    path: '/runs/wait',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(bodyOf(row)),
  });
  await body.text();
});
await pool.close();
