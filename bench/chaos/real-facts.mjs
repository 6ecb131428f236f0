/** What the real local server says it did: executions, threads that are left, and workers that are alive. */

import { readFile } from 'node:fs/promises';

/** Every line that the graphs left. */
export async function witnessed(path) {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** How often each turn was executed, by `example turn`. */
export async function executionsOf(path) {
  const times = new Map();
  for (const { example, turn } of await witnessed(path)) {
    if (example === undefined) continue;
    const key = `${example} ${turn}`;
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  return times;
}

const post = async (url, path, body) => {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
};

/** All threads, with how many runs each has. */
export async function threadsOf(url) {
  const threads = [];
  for (let offset = 0; ; offset += 1000) {
    const page = await post(url, '/threads/search', { limit: 1000, offset });
    threads.push(...page);
    if (page.length < 1000) break;
  }
  return Promise.all(
    threads.map(async (thread) => {
      const runs = await (await fetch(`${url}/threads/${thread.thread_id}/runs?limit=100`)).json();
      return { ...thread, runs: runs.length };
    }),
  );
}

const slowMs = 4_000;

/** How many of the server's workers still take work: as many slow runs as it has, counted where most are under way. */
export async function workersAlive(url, workers, witness) {
  const input = { messages: [{ role: 'user', content: String(slowMs) }] };
  const run = () => post(url, '/runs/wait', { assistant_id: 'slow', input });
  await Promise.all(Array.from({ length: workers }, run));
  let now = 0;
  let most = 0;
  for (const { slow } of await witnessed(witness)) {
    if (slow === 'begins') now += 1;
    if (slow === 'ends') now -= 1;
    most = Math.max(most, now);
  }
  return most;
}

/** The texts of a thread's messages. */
export async function historyOf(url, threadId) {
  const { values } = await (await fetch(`${url}/threads/${threadId}/state`)).json();
  return (values?.messages ?? []).map(({ content }) => content);
}
