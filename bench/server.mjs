/**
 * An Agent Server in a process of its own that answers at once, or after a set delay: what a benchmark is measured
 * against, for the local Agent Server has a floor of half a second a run. Prints its URL; ends with its parent.
 *
 *   node bench/server.mjs [delay ms, default 0] [answer bytes, default 300]
 */

import { randomUUID } from 'node:crypto';
import { assistantOf, serverOf } from './json-server.mjs';

const delayMs = Number(process.argv[2] ?? 0);
const answerBytes = Number(process.argv[3] ?? 300);
const padding = 'x'.repeat(Math.max(0, answerBytes - 250));
const runs = new Map();

const assistant = assistantOf('bench', '11111111-1111-4111-8111-111111111111');

const server = serverOf(route);

function route({ method, url }, body, response) {
  const send = (value, headers = {}) => {
    const text = value === undefined ? '' : JSON.stringify(value);
    response.writeHead(value === undefined ? 204 : 200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      ...headers,
    });
    response.end(text);
  };
  const [, threadId, rest = ''] = /^\/threads\/([^/]+)(.*)$/.exec(url) ?? [];
  if (url.startsWith('/assistants')) return send(assistant);
  if (url === '/threads') return send({ thread_id: JSON.parse(body).thread_id });
  if (url === '/runs/wait' || rest === '/runs/wait') return answer(threadId, JSON.parse(body), send);
  if (method === 'DELETE') return send(undefined, runs.delete(threadId));
  if (rest.startsWith('/runs/')) return send({ run_id: rest.slice(6), status: 'success', metadata: {} });
  if (threadId) return send({ thread_id: threadId, status: 'idle', interrupts: {} });
  response.writeHead(404).end();
}

function answer(threadId, { input, metadata }, send) {
  const runId = randomUUID();
  const [message] = input.messages;
  const values = {
    messages: [
      { type: 'human', content: message.content, id: message.id },
      {
        type: 'ai',
        content: `${message.content}${padding}`,
        id: runId,
        tool_calls: [],
        usage_metadata: { input_tokens: 5, output_tokens: 7, total_tokens: 12 },
      },
    ],
  };
  if (threadId) runs.set(threadId, { run_id: runId, metadata });
  const headers = { 'content-location': threadId ? `/threads/${threadId}/runs/${runId}` : `/runs/${runId}` };
  if (delayMs === 0) send(values, headers);
  else setTimeout(send, delayMs, values, headers);
}

server.listen(Number(process.argv[4] ?? 0), '127.0.0.1', () =>
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`),
);
process.stdin.on('end', () => process.exit(0)).resume();
