/**
 * An Agent Server in a process of its own that answers at once, after a set delay, or token by token: what a benchmark
 * is measured against, for the local Agent Server has a floor of half a second a run. Prints its URL; ends with its
 * parent. What it measured itself is at `/bench/figures`, and forgotten by `/bench/reset`.
 *
 *   node bench/server.mjs '{"delayMs":200,"bytes":300}'
 */

import { assistantOf } from './json-server.mjs';
import { quantile } from './middle.mjs';
import { openEvents, rawServer, sendJson } from './raw-http.mjs';

const {
  delayMs = 0,
  /** Of the whole answer, about. */
  bytes = 300,
  /** Of a streamed answer. */
  tokens = 100,
  tokenMs = 10,
  firstTokenMs = 100,
} = JSON.parse(process.argv[2] ?? '{}');

const assistant = JSON.stringify(assistantOf('bench', '11111111-1111-4111-8111-111111111111'));
const padding = 'x'.repeat(Math.max(0, bytes - 270));
/** The run of each thread, until the thread is deleted. */
const runs = new Map();
/** Streams that are not over. */
const streams = new Set();
let made = 0;
let seen = nothingSeen();

function nothingSeen() {
  const { user, system } = process.cpuUsage();
  return {
    requests: {},
    firstAt: null,
    latencies: [],
    ttfts: [],
    open: 0,
    mostOpen: 0,
    connections: 0,
    cpuUs: user + system,
  };
}

function figures() {
  const { user, system } = process.cpuUsage();
  const { latencies, ttfts, requests, firstAt, mostOpen, connections, cpuUs } = seen;
  return {
    requests,
    firstAt,
    mostOpen,
    connections,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    ttftP50: quantile(ttfts, 0.5),
    cpuMs: (user + system - cpuUs) / 1000,
  };
}

function route({ method, path, body, socket }) {
  if (path === '/bench/requests') return sendJson(socket, JSON.stringify(seen.requests));
  if (path === '/bench/figures') return sendJson(socket, JSON.stringify(figures()));
  if (path === '/bench/reset') {
    seen = nothingSeen();
    return sendJson(socket, '{}');
  }
  const [, first = '', id = '', second = ''] = path.split('/');
  const kind = `${method} ${first}${second && `/…/${second}`}`;
  seen.requests[kind] = (seen.requests[kind] ?? 0) + 1;
  if (first === 'assistants') return sendJson(socket, assistant);
  if (path === '/runs/wait') return wait(null, JSON.parse(body), socket);
  if (path === '/runs/stream') return stream(null, JSON.parse(body), socket);
  if (path === '/threads') return sendJson(socket, JSON.stringify({ thread_id: JSON.parse(body).thread_id }));
  if (path.endsWith('/runs/wait')) return wait(id, JSON.parse(body), socket);
  if (path.endsWith('/runs/stream')) return stream(id, JSON.parse(body), socket);
  if (method === 'DELETE') {
    runs.delete(id);
    return sendJson(socket);
  }
  if (second === 'runs') return sendJson(socket, told(runs.get(id)));
  return sendJson(socket, `{"thread_id":"${id}","status":"idle","interrupts":{}}`);
}

const told = (run) => JSON.stringify({ ...run, status: 'success' });

/** Notes a run that begins; the function it gives is called when its answer is written. */
function begin(threadId, metadata) {
  made += 1;
  const runId = `00000000-0000-4000-8000-${made.toString(16).padStart(12, '0')}`;
  if (threadId !== null) runs.set(threadId, { run_id: runId, metadata });
  const from = performance.now();
  seen.firstAt ??= Date.now();
  seen.open += 1;
  seen.mostOpen = Math.max(seen.mostOpen, seen.open);
  const end = () => {
    seen.latencies.push(performance.now() - from);
    seen.open -= 1;
  };
  return {
    runId,
    from,
    end,
    headers: `content-location: ${threadId === null ? '' : `/threads/${threadId}`}/runs/${runId}\r\n`,
  };
}

function wait(threadId, { input, metadata }, socket) {
  const { runId, end, headers } = begin(threadId, metadata);
  const send = () => {
    sendJson(socket, answerOf(input, runId, `${input.messages[0].content}${padding}`, 7), headers);
    end();
  };
  if (delayMs === 0) send();
  else setTimeout(send, delayMs);
}

/** A state of two messages, as JSON. `said` is plain text: what stands behind the question is of our own making. */
function answerOf({ messages: [question] }, runId, said, count) {
  const human = JSON.stringify({ type: 'human', content: question.content, id: question.id ?? null });
  const usage = `{"input_tokens":5,"output_tokens":${count},"total_tokens":${5 + count}}`;
  return `{"messages":[${human},{"type":"ai","content":${JSON.stringify(said)},"id":"${runId}","tool_calls":[],"usage_metadata":${usage}}]}`;
}

function stream(threadId, { input, metadata }, socket) {
  const { runId, from, end, headers } = begin(threadId, metadata);
  const events = openEvents(socket, headers);
  events.send('metadata', JSON.stringify({ run_id: runId }));
  streams.add({ events, end, input, runId, from, dueFrom: from + firstTokenMs, sent: 0, said: '' });
}

/** One sweep for all streams: what is due is sent, each token as an event of its own. */
function sweep() {
  const now = performance.now();
  for (const each of streams) {
    const due = Math.min(tokens, Math.floor((now - each.dueFrom) / tokenMs) + 1);
    for (; each.sent < due; each.sent += 1) sendToken(each);
    if (each.sent < tokens) continue;
    streams.delete(each);
    each.events.send('values', answerOf(each.input, each.runId, each.said, tokens));
    each.events.end();
    each.end();
  }
}

function sendToken(each) {
  const token = `t${each.sent} `;
  if (each.sent === 0) seen.ttfts.push(performance.now() - each.from);
  each.said += token;
  each.events.send('messages', `[{"type":"AIMessageChunk","content":"${token}","id":"${each.runId}"},{}]`);
}

setInterval(sweep, 2);
const server = rawServer(route);
server.on('connection', () => {
  seen.connections += 1;
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
process.stdin.on('end', () => process.exit(0)).resume();
