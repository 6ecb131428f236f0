/**
 * An Agent Server without threads that counts what it executed, in a process of its own: run by `servers.mjs`.
 * An execution counts once its request has come whole, whatever becomes of the answer. Under `/at/<name>/` it counts
 * apart, so that one server does for many batches.
 */

import { randomUUID } from 'node:crypto';
import { assistantOf, serverOf } from '../json-server.mjs';
import { chanceOf } from './chance.mjs';

const {
  seed = 1,
  leastMs = 5,
  mostMs = 40,
  storm = null,
  isGated = false,
} = JSON.parse(process.argv[2] ?? '{}');
const chance = chanceOf(seed);
/** Executions of each example, by the name of the place. */
const places = new Map();
let waiting = [];
let total = 0;
let refused = 0;
let firstAt = null;
let gate = null;
if (isGated) close();

const assistant = assistantOf('scripted', '22222222-2222-4222-8222-222222222222');

const server = serverOf(route);

function close() {
  let open;
  gate = new Promise((resolve) => {
    open = resolve;
  });
  gate.open = open;
}

function route({ method, url: asked }, body, response) {
  const [, place = '', url = asked] = /^\/at\/([^/]+)(\/.*)$/.exec(asked) ?? [];
  const send = (value, status = 200, headers = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(value));
  };
  if (url === '/chaos/counts')
    return send({ total, refused, examples: Object.fromEntries(examplesOf(place)) });
  if (url === '/chaos/total') return send({ total });
  if (url === '/chaos/open') return send({ opened: gate?.open() ?? null });
  if (url.startsWith('/chaos/reaches/')) return wake({ total: Number(url.slice(15)), send });
  if (isStormy()) {
    refused += 1;
    const status = chance.pick([429, 503]);
    return send({ detail: 'storm' }, status, status === 429 ? { 'retry-after': '2' } : {});
  }
  if (url.startsWith('/assistants')) return send(assistant);
  if (method === 'POST' && url === '/runs/wait') return execute(place, JSON.parse(body), send);
  send({ detail: 'no such path' }, 404);
}

function isStormy() {
  if (storm === null || firstAt === null) return false;
  const since = performance.now() - firstAt;
  return since >= storm.fromMs && since < storm.toMs;
}

function examplesOf(place) {
  const examples = places.get(place) ?? new Map();
  places.set(place, examples);
  return examples;
}

function execute(place, { input, metadata }, send) {
  firstAt ??= performance.now();
  const example = metadata.threadmill_example;
  const examples = examplesOf(place);
  examples.set(example, (examples.get(example) ?? 0) + 1);
  total += 1;
  wake();
  const runId = randomUUID();
  const [question] = input.messages;
  const messages = [
    { type: 'human', content: question.content, id: question.id },
    { type: 'ai', content: `answer to ${question.content}`, id: runId, tool_calls: [] },
  ];
  const answer = () => send({ messages }, 200, { 'content-location': `/runs/${runId}` });
  const answerInMs = chance.between(leastMs, mostMs);
  if (gate === null) setTimeout(answer, answerInMs);
  else gate.then(() => setTimeout(answer, answerInMs));
}

function wake(another) {
  if (another !== undefined) waiting.push(another);
  for (const { send } of waiting.filter((each) => each.total <= total)) send({ total });
  waiting = waiting.filter((each) => each.total > total);
}

server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
process.stdin.on('end', () => process.exit(0)).resume();
