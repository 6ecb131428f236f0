/** Each fault does what its name says, and no more. */

import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  bad502,
  copies,
  cutsChunked,
  dripsHeaders,
  dropsAfter,
  dropsAfterHeaders,
  dropsBefore,
  emptyBody,
  type Fault,
  gzip,
  hangs,
  hangsAfter,
  holds,
  html,
  notJson,
  onCreate,
  onRoute,
  redirects,
  resets,
  silentAfterHeaders,
  startAgentServer,
  status,
  truncates,
} from './agent-server.ts';
import { codeOf, contents, jsonOf, newThread, post, question } from './asking.ts';
import { gate } from './gate.ts';

/** Sends the first run of a server with this fault, and tells how it ended and how many runs there are then. */
async function firstRun(fault: Fault) {
  await using server = await startAgentServer({ faults: onCreate(1, fault) });
  const thread = await newThread(server);
  try {
    const answer = await post(`${thread}/runs/wait`);
    const headers = { status: answer.status, location: answer.headers.get('content-location') };
    try {
      return { ...headers, body: await answer.text(), failure: null, runs: server.runs.length };
    } catch (error) {
      return { ...headers, body: null, failure: codeOf(error), runs: server.runs.length };
    }
  } catch (error) {
    return { status: null, location: null, body: null, failure: codeOf(error), runs: server.runs.length };
  }
}

const closed = 'UND_ERR_SOCKET';
const aRun = expect.stringMatching(/^\/threads\/.*\/runs\//);

describe('a fault of the connection', () => {
  it.for([
    ['dropsBefore', dropsBefore(), { status: null, failure: closed, runs: 0 }],
    ['dropsAfter', dropsAfter(), { status: null, failure: closed, runs: 1 }],
    ['dropsAfterHeaders', dropsAfterHeaders(), { status: 200, location: aRun, failure: closed, runs: 1 }],
    ['resets', resets(), { status: null, failure: 'ECONNRESET', runs: 0 }],
    ['truncates', truncates(20), { status: 200, location: aRun, failure: closed, runs: 1 }],
    ['truncates to nothing', truncates(0), { status: 200, location: aRun, failure: closed, runs: 1 }],
    ['cutsChunked', cutsChunked(20), { status: 200, location: aRun, failure: closed, runs: 1 }],
    ['a cut gzip', gzip(20), { status: 200, location: aRun, failure: expect.any(String), runs: 1 }],
  ] as const)('%s', async ([, fault, end]) => {
    expect(await firstRun(fault)).toMatchObject(end);
  });
});

describe('a fault of the answer', () => {
  it.for([
    ['status', status(429, 'slow down', { 'retry-after': '7' }), { status: 429, body: 'slow down', runs: 0 }],
    ['bad502', bad502(), { status: 502, body: expect.stringContaining('<html>'), runs: 1 }],
    ['bad502 as 504', bad502(504), { status: 504, body: expect.stringContaining('<html>'), runs: 1 }],
    ['html', html(), { status: 200, body: expect.stringContaining('<!doctype html>'), runs: 0 }],
    ['notJson', notJson('{"a'), { status: 200, location: aRun, body: '{"a', runs: 1 }],
    ['emptyBody', emptyBody(), { status: 200, location: aRun, body: '', runs: 1 }],
    ['redirects', redirects('http://127.0.0.1:1/'), { status: 307, body: '', runs: 0 }],
    ['gzip', gzip(), { status: 200, body: expect.stringContaining('echo: hi'), runs: 1 }],
  ] as const)('%s', async ([, fault, end]) => {
    expect(await firstRun(fault)).toMatchObject({ ...end, failure: null });
  });

  it('status has the headers it is given', async () => {
    await using server = await startAgentServer({
      faults: onCreate(1, status(503, {}, { 'retry-after': '7' })),
    });

    const answer = await post(`${server.url}/runs/wait`);

    expect(answer.headers.get('retry-after')).toBe('7');
  });
});

describe('a fault without an end', () => {
  it.for([
    ['hangs', hangs(), 0],
    ['hangsAfter', hangsAfter(), 1],
    ['dripsHeaders', dripsHeaders(1), 0],
  ] as const)('%s gives no answer and keeps the connection', async ([, fault, runs]) => {
    await using server = await startAgentServer({ faults: onCreate(1, fault) });
    const leaving = new AbortController();
    const answer = post(`${server.url}/runs/wait`, question, { signal: leaving.signal });
    const left = expect(answer).rejects.toThrow(/abort/);
    await server.when(({ counts }) => counts.creates === 1 && counts.runs === runs);

    const next = await post(`${server.url}/runs/wait`);
    leaving.abort();

    expect(next.status).toBe(200);
    await left;
  });

  it('dripsHeaders sends a byte now and then', async () => {
    await using server = await startAgentServer({ faults: onRoute('GET /info', 1, dripsHeaders(1)) });
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write('GET /info HTTP/1.1\r\nhost: x\r\n\r\n');

    let came = '';
    for await (const bytes of socket) {
      came += String(bytes);
      if (came.endsWith('zzz')) break;
    }

    expect(came).toMatch(/^HTTP\/1.1 200 OK\r\nx-slow: z+$/);
  });

  it('silentAfterHeaders tells the run and then nothing', async () => {
    await using server = await startAgentServer({ faults: onCreate(1, silentAfterHeaders()) });
    const leaving = new AbortController();
    const thread = await newThread(server);

    const answer = await post(`${thread}/runs/wait`, question, { signal: leaving.signal });
    const body = expect(answer.text()).rejects.toThrow(/abort/);
    await post(`${server.url}/runs/wait`);
    leaving.abort();

    expect(answer.headers.get('content-location')).toEqual(aRun);
    await body;
  });
});

describe('a fault of the way', () => {
  it('holds forwards late, even when the client has left', async () => {
    const forwarded = gate();
    await using server = await startAgentServer({ faults: onCreate(1, holds(forwarded.opened)) });
    const thread = await newThread(server);
    const leaving = new AbortController();
    const left = expect(post(`${thread}/runs/wait`, question, { signal: leaving.signal })).rejects.toThrow(
      /abort/,
    );
    await server.when(({ counts }) => counts.creates === 1);
    leaving.abort();
    await left;
    const before = await jsonOf(fetch(`${thread}/runs`));

    forwarded.open();
    await server.when(({ runs }) => runs.length === 1);

    expect(before).toEqual([]);
    expect(await jsonOf(fetch(`${thread}/runs`))).toHaveLength(1);
  });

  it('copies forwards a second time, later', async () => {
    const forwarded = gate();
    await using server = await startAgentServer({ faults: onCreate(1, copies(forwarded.opened)) });
    const thread = await newThread(server);

    const answer = await jsonOf(post(`${thread}/runs/wait`));
    const before = server.runs.length;
    forwarded.open();
    await server.when(({ runs }) => runs.length === 2);

    expect(contents(answer)).toEqual(['hi', 'echo: hi']);
    expect(before).toBe(1);
    expect(server.counts.creates).toBe(1);
  });
});

describe('a rule', () => {
  it('counts its own requests, and the first that names a fault wins', async () => {
    await using server = await startAgentServer({
      faults: [
        onCreate([1, 3], status(503)),
        onRoute('POST /runs/stream', 'every', status(504)),
        (request, n) => (request.route === 'POST /runs/wait' && n === 2 ? status(505) : undefined),
      ],
    });
    const paths = ['/runs/wait', '/runs/stream', '/runs/stream', '/runs/wait', '/runs/wait'];
    const seen: number[] = [];

    for (const path of paths) seen.push((await post(server.url + path)).status);

    expect(seen).toEqual([503, 504, 503, 505, 200]);
  });
});
