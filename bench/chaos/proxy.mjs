/**
 * A proxy that spoils requests that create runs, as networks do: cut before they are forwarded, after the headers of
 * the answer, after the whole answer; or held and forwarded later, whether or not their client is still there.
 */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { Agent, request as ask, createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const isRun = (method, url) => method === 'POST' && /\/runs(\/wait|\/stream)?$/.test(url);
const isThread = (method, url) => method === 'POST' && url === '/threads';

/**
 * @param options `target` URL; `share` of the requests that are spoilt; `mostHeldMs`; `chance`; `log`, a file that
 *   gets a line for each of them.
 * @returns Its `url`; `counts` by fate; `runSeen()`, which resolves at the next request for a run; `quiet()`, which
 *   resolves once nothing is held any more.
 */
export async function startProxy({ target, share, mostHeldMs, chance, log }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 200 });
  const counts = { before: 0, headers: 0, after: 0, held: 0, heldThreads: 0 };
  const underWay = new Set();
  const watchers = [];
  const lines = createWriteStream(log);
  const tell = (line) => lines.write(`${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`);

  const forward = (incoming, body) => {
    const { method, url, headers } = incoming;
    const outgoing = ask(new URL(url, target), {
      method,
      headers: { ...headers, 'content-length': body.length },
      agent,
    });
    outgoing.end(body);
    return once(outgoing, 'response').then(([answer]) => answer);
  };
  const pass = async (answer, response) => {
    response.writeHead(answer.statusCode, answer.headers);
    for await (const chunk of answer) response.write(chunk);
    response.end();
  };
  const fates = {
    before: async ({ incoming }) => incoming.socket.destroy(),
    headers: async ({ incoming, body, response }) => {
      const answer = await forward(incoming, body);
      response.writeHead(answer.statusCode, answer.headers);
      response.flushHeaders();
      await sleep(5);
      incoming.socket.destroy();
      answer.resume();
    },
    after: async ({ incoming, body }) => {
      const answer = await forward(incoming, body);
      await once(answer.resume(), 'end');
      incoming.socket.destroy();
    },
    held: async ({ incoming, body, response }) => {
      const heldMs = chance.between(0, mostHeldMs);
      if (chance.happens(0.5)) incoming.socket.destroy();
      await sleep(heldMs);
      tell({ fate: 'let go', url: incoming.url });
      await pass(await forward(incoming, body), response);
    },
  };
  const fateOf = ({ method, url }) => {
    if (isThread(method, url) && chance.happens(share / 4)) {
      counts.heldThreads += 1;
      tell({ fate: 'held', url });
      return fates.held;
    }
    if (!isRun(method, url)) return null;
    for (const watcher of watchers.splice(0)) watcher();
    if (!chance.happens(share)) return null;
    const fate = chance.pick(['before', 'headers', 'after', 'held']);
    counts[fate] += 1;
    tell({ fate, url });
    return fates[fate];
  };
  const handle = async (incoming, response) => {
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const fate = fateOf(incoming) ?? (async () => pass(await forward(incoming, body), response));
    await fate({ incoming, body, response });
  };

  const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, response) => {
    response.on('error', () => {});
    const work = handle(incoming, response)
      // The client was killed, or the server refused: either way its client sees a broken connection.
      .catch(() => incoming.socket.destroy())
      .finally(() => underWay.delete(work));
    underWay.add(work);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    counts,
    runSeen: () => new Promise((resolve) => watchers.push(resolve)),
    quiet: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
      agent.destroy();
      lines.end();
    },
  };
}
