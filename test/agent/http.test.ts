import { createServer } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { HttpFault, type HttpRequest } from '../../src/agent/exchange.ts';
import { createHttp, type Http, type HttpOptions } from '../../src/agent/http.ts';
import type { Runtime } from '../../src/runtime.ts';
import { dropsBefore, hangs, onCreate, onRoute, startAgentServer, status } from '../support/agent-server.ts';
import { gate } from '../support/gate.ts';
import { manualRuntime } from '../support/manual-runtime.ts';
import { startConnectProxy } from './connect-proxy.ts';

type Client = Http & AsyncDisposable;

function httpTo(
  url: string,
  { runtime = manualRuntime() as Runtime, ...options }: Partial<HttpOptions> & { runtime?: Runtime } = {},
): Client {
  const http = createHttp(
    {
      url,
      headers: {},
      connectTimeoutMs: 10_000,
      idleTimeoutMs: 60_000,
      maxAnswerBytes: 1_000_000,
      proxies: {},
      ...options,
    },
    runtime,
  );
  return { ...http, [Symbol.asyncDispose]: () => http.close() };
}

const request = (fields: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  path: '/ok',
  deadline: Number.POSITIVE_INFINITY,
  signal: new AbortController().signal,
  ...fields,
});

async function faultOf(answer: Promise<unknown>): Promise<HttpFault> {
  const fault = await answer.then(
    () => null,
    (error: unknown) => error,
  );
  if (fault instanceof HttpFault) return fault;
  throw new Error(`Expected an HttpFault, got ${String(fault)}`);
}

/** A server that answers every request with these bytes. */
async function answering(body: Buffer, headers: Record<string, string>) {
  const server = createServer((_, response) => {
    response.writeHead(200, headers);
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

describe('a request', () => {
  it.for(['/mounted/here', '/mounted/here/', ''])('keeps the prefix %j of the URL', async (prefix) => {
    await using server = await startAgentServer({ prefix: prefix.replace(/\/$/, '') });
    await using http = httpTo(new URL(prefix, server.url).href);

    const { status } = await http.send(request());

    expect(status).toBe(200);
    expect(server.requests.map(({ route }) => route)).toEqual(['GET /ok']);
  });

  it('goes over the connections that are there', async () => {
    await using server = await startAgentServer();
    await using http = httpTo(server.url);

    for (let sent = 0; sent < 20; sent += 1) await http.send(request());

    // One more than needed: undici waits a turn of the event loop before it uses one again.
    expect(server.counts.connections).toBeLessThanOrEqual(2);
  });

  it('waits for no other request', async () => {
    await using server = await startAgentServer({ faults: onRoute('GET /info', 'every', hangs()) });
    await using http = httpTo(server.url);
    const stuck = [1, 2, 3].map(() => faultOf(http.send(request({ path: '/info' }))));
    await server.when(({ requests }) => requests.length === 3);

    const { status } = await http.send(request());

    expect(status).toBe(200);
    await http.close();
    await Promise.all(stuck);
  });

  it('is never sent a second time by itself', async () => {
    await using server = await startAgentServer({ faults: onRoute('GET /ok', 1, dropsBefore()) });
    await using http = httpTo(server.url);

    const fault = await faultOf(http.send(request()));

    expect(fault).toMatchObject({ reason: 'broken', phase: 'sent' });
    expect(server.requests).toHaveLength(1);
  });

  it('says how far it came when nothing listens', async () => {
    const server = await startAgentServer();
    await server.close();
    await using http = httpTo(server.url);

    const fault = await faultOf(http.send(request()));

    expect(fault).toMatchObject({ reason: 'broken', phase: 'connecting', causeCode: 'ECONNREFUSED' });
  });
});

describe('a request that is given up', () => {
  it.for([
    ['by the batch', { signal: AbortSignal.abort() }, 'aborted'],
    ['by its deadline', { deadline: 0 }, 'deadline'],
  ] as const)('before it is sent (%s) is never sent', async ([, fields, reason]) => {
    await using server = await startAgentServer();
    await using http = httpTo(server.url);

    const fault = await faultOf(http.send(request(fields)));

    expect(fault).toMatchObject({ reason, phase: 'connecting' });
    expect(server.counts.connections).toBe(0);
  });

  it.for([
    ['by the connect timeout', {}, 10_000, 'idle'],
    ['by its deadline', { deadline: 5_000 }, 5_000, 'deadline'],
  ] as const)(
    'while it connects (%s) is never sent, though the connection comes',
    async ([, fields, afterMs, reason]) => {
      const tunnel = gate();
      await using server = await startAgentServer();
      await using proxy = await startConnectProxy(() => tunnel.opened);
      const runtime = manualRuntime();
      await using http = httpTo(server.url, { runtime, proxies: { http: proxy.url } });
      const answer = faultOf(http.send(request({ method: 'POST', path: '/threads', body: {}, ...fields })));
      await expect.poll(() => proxy.asked.length).toBe(1);

      await runtime.advance(afterMs);
      const fault = await answer;
      tunnel.open();
      await http.send(request());

      expect(fault).toMatchObject({ reason, phase: 'connecting' });
      expect(server.counts.connections).toBeGreaterThan(1);
      expect(server.requests.map(({ route }) => route)).toEqual(['GET /ok']);
    },
  );

  it('by the batch ends within a sweep, and its connection with it', async () => {
    await using server = await startAgentServer({ faults: onRoute('GET /ok', 'every', hangs()) });
    const runtime = manualRuntime();
    const abort = new AbortController();
    await using http = httpTo(server.url, { runtime });
    const answer = faultOf(http.send(request({ signal: abort.signal })));
    await server.when(({ requests }) => requests.length === 1);

    abort.abort();
    await runtime.advance(100);

    expect(await answer).toMatchObject({ reason: 'aborted', phase: 'sent' });
  });

  it('by silence is given up after --idle-timeout, not before', async () => {
    await using server = await startAgentServer({ faults: onRoute('GET /ok', 'every', hangs()) });
    const runtime = manualRuntime();
    await using http = httpTo(server.url, { runtime, idleTimeoutMs: 1_000 });
    let isOver = false;
    const answer = faultOf(http.send(request())).finally(() => {
      isOver = true;
    });
    await server.when(({ requests }) => requests.length === 1);

    await runtime.advance(900);
    const wasOver = isOver;
    await runtime.advance(200);

    expect(wasOver).toBe(false);
    expect(await answer).toMatchObject({ reason: 'idle', phase: 'sent' });
  });
});

describe('a redirect', () => {
  it.for([301, 302, 303, 307, 308])('with %i is an answer, and is not followed', async (code) => {
    await using elsewhere = await startAgentServer();
    await using server = await startAgentServer({
      faults: onCreate('every', status(code, '', { location: `${elsewhere.url}/runs/wait` })),
    });
    await using http = httpTo(server.url, { headers: { 'x-api-key': 'key' } });

    const answer = await http.send(request({ method: 'POST', path: '/runs/wait', body: {} }));

    expect(answer.status).toBe(code);
    expect(elsewhere.counts.connections).toBe(0);
  });
});

describe('an answer', () => {
  const text = JSON.stringify({ text: 'grün '.repeat(1_000) });

  it.for([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['GZIP', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
    ['identity', Buffer.from(text)],
  ] as const)('encoded as %s is read', async ([encoding, body]) => {
    await using server = await answering(body, { 'content-encoding': encoding });
    await using http = httpTo(server.url);

    const answer = await http.send(request());

    expect(answer.body.toString()).toBe(text);
  });

  it.for([
    ['an encoding nobody knows', 'zstd', Buffer.from(text)],
    ['another one than it says', 'gzip', Buffer.from(text)],
    ['one that breaks off', 'gzip', gzipSync(text).subarray(0, -9)],
  ] as const)('in %s is a fault', async ([, encoding, body]) => {
    await using server = await answering(body, { 'content-encoding': encoding });
    await using http = httpTo(server.url);

    const fault = await faultOf(http.send(request()));

    expect(fault).toMatchObject({ reason: 'undecodable', phase: 'answering', status: 200 });
  });

  it('that breaks off encoded is kept as far as it can be read', async () => {
    await using server = await answering(gzipSync(text).subarray(0, -9), { 'content-encoding': 'gzip' });
    await using http = httpTo(server.url);

    const { partial } = await faultOf(http.send(request()));

    expect(text.startsWith(partial.toString())).toBe(true);
    expect(partial.length).toBeGreaterThan(100);
  });

  it.for([
    ['as it is', {}, (bytes: Buffer) => bytes],
    ['gzipped', { 'content-encoding': 'gzip' }, (bytes: Buffer) => gzipSync(bytes)],
    ['in deflate', { 'content-encoding': 'deflate' }, (bytes: Buffer) => deflateSync(bytes)],
    ['in brotli', { 'content-encoding': 'br' }, (bytes: Buffer) => brotliCompressSync(bytes)],
  ] as const)(
    'larger than --max-answer, %s, is refused; one as large is read',
    async ([, headers, packed]) => {
      await using small = await answering(packed(Buffer.alloc(1_000_000, ' ')), headers);
      await using large = await answering(packed(Buffer.alloc(1_000_001, ' ')), headers);
      await using toSmall = httpTo(small.url);
      await using toLarge = httpTo(large.url);

      const answer = await toSmall.send(request());
      const fault = await faultOf(toLarge.send(request()));

      expect(answer.body).toHaveLength(1_000_000);
      expect(fault).toMatchObject({ reason: 'too_large', phase: 'answering', status: 200 });
      expect(fault.partial.length).toBeGreaterThan(900_000);
      expect(fault.partial.length).toBeLessThanOrEqual(1_000_000);
    },
  );

  it('that is a bomb of a gigabyte is refused at the bound, and never unpacked further', async () => {
    const piece = gzipSync(Buffer.alloc(50_000_000));
    const bomb = Buffer.concat(Array.from({ length: 20 }, () => piece)); // members in a row are one gzip
    await using server = await answering(bomb, { 'content-encoding': 'gzip' });
    await using http = httpTo(server.url);
    const before = process.memoryUsage().rss;

    const fault = await faultOf(http.send(request()));

    expect(fault.reason).toBe('too_large');
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });

  it('without a body is read, whatever encoding it names', async () => {
    await using server = await answering(Buffer.alloc(0), { 'content-encoding': 'gzip' });
    await using http = httpTo(server.url);

    const { status, body } = await http.send(request());

    expect([status, body.length]).toEqual([200, 0]);
  });

  it('of 50 MB is read within its bound', async () => {
    await using server = await answering(Buffer.alloc(50_000_000, 'x'), {});
    await using http = httpTo(server.url, { maxAnswerBytes: 50_000_000 });

    const { body } = await http.send(request());

    expect(body).toHaveLength(50_000_000);
  });
});

describe('an event stream', () => {
  const events = Buffer.from('data: 1\n\n');

  it.for([
    ['plain', 'text/event-stream', events, {}],
    ['with a charset, oddly spelled', 'Text/Event-Stream; charset=utf-8', events, {}],
    ['encoded', 'text/event-stream', gzipSync(events), { 'content-encoding': 'gzip' }],
  ] as const)('is handed over, not kept (%s)', async ([, type, body, headers]) => {
    await using server = await answering(body, { 'content-type': type, ...headers });
    await using http = httpTo(server.url);
    const came: Buffer[] = [];

    const answer = await http.send(request({ onEvents: (chunk) => came.push(chunk) }));

    expect(Buffer.concat(came)).toEqual(events);
    expect(answer.body).toHaveLength(0);
  });

  it('is not what has another type', async () => {
    await using server = await answering(Buffer.from('<html>'), { 'content-type': 'text/html' });
    await using http = httpTo(server.url);
    const came: Buffer[] = [];

    const answer = await http.send(request({ onEvents: (chunk) => came.push(chunk) }));

    expect(came).toEqual([]);
    expect(answer.body.toString()).toBe('<html>');
  });

  it('with an event that is too large ends in a fault', async () => {
    await using server = await answering(events, { 'content-type': 'text/event-stream' });
    await using http = httpTo(server.url);
    const onEvents = () => {
      throw new RangeError('too large');
    };

    const fault = await faultOf(http.send(request({ onEvents })));

    expect(fault.reason).toBe('too_large');
  });
});

describe('a proxy', () => {
  it('is gone through where the environment names one, and not where it makes an exception', async () => {
    await using server = await startAgentServer();
    await using proxy = await startConnectProxy();
    await using through = httpTo(server.url, { proxies: { http: proxy.url } });
    await using past = httpTo(server.url, { proxies: { http: proxy.url, no: '127.0.0.1' } });

    const answers = [await through.send(request()), await past.send(request())];

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(proxy.asked).toEqual([new URL(server.url).host]);
  });

  it('sees no key of the agent', async () => {
    const seen: unknown[] = [];
    await using server = await startAgentServer({ apiKey: 'canary-key' });
    await using proxy = await startConnectProxy(async (headers) => {
      seen.push(headers);
    });
    await using http = httpTo(server.url, {
      headers: { 'x-api-key': 'canary-key' },
      proxies: { http: proxy.url },
    });

    await http.send(request());

    expect(seen).toHaveLength(1);
    expect(JSON.stringify(seen)).not.toContain('canary');
  });

  it.for([
    ['refuses the tunnel', 'HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n'],
    ['hangs up', ''],
    ['says something else', 'SSH-2.0-OpenSSH_9\r\n'],
  ] as const)('that %s is asked once, and the request stays unsent', async ([, said]) => {
    let asked = 0;
    const proxy = createSocketServer((socket) => {
      asked += 1;
      socket.on('error', () => {});
      socket.once('data', () => socket.end(said));
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    await using http = httpTo('http://agent.example', { proxies: { http: `http://127.0.0.1:${port}` } });

    const fault = await faultOf(http.send(request()));

    expect(fault).toMatchObject({ reason: 'broken', phase: 'connecting' });
    expect(asked).toBe(1);
    proxy.close();
  });

  it('brings many large answers whole, though few of them may lie in memory at once', async () => {
    const body = Buffer.alloc(1_000_000, 'x');
    await using server = await answering(body, {});
    await using http = httpTo(server.url, { mostWaitingBytes: 1_500_000 });

    const answers = await Promise.all(Array.from({ length: 30 }, () => http.send(request())));

    expect(answers.filter((answer) => answer.body.equals(body))).toHaveLength(30);
  });
});
