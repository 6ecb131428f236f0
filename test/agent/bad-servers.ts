/** Servers that are up and no good, on real sockets: the rows of bad-servers.test.ts. */

import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import type { FailureKind } from '../../src/types.ts';
import { createsRun, type Fault, type FaultRule, startAgentServer } from '../support/agent-server.ts';
import type { Asked } from './client.ts';

type Ends = readonly [kind: FailureKind, code: string];

export interface BadServer {
  readonly server: string;
  start(): Promise<Asked & AsyncDisposable>;
  /** How a turn without a thread ends. */
  readonly wait: Ends;
  readonly stream: Ends;
  /** On a thread; default: nobody answers until `--timeout`, and the run may have been accepted. */
  readonly threaded?: Ends;
  readonly mayHaveRun: { readonly stateless: boolean; readonly threaded: boolean };
  /** What is kept of the answer. */
  readonly kept: { readonly wait: RegExp | null; readonly stream: RegExp | null };
}

const isStream = (path: string) => path.endsWith('/stream');

const jsonHalf = '{"messages":[{"type":"ai","content":"half an ans';
const sseHalf =
  'event: messages\ndata: [{"type":"AIMessageChunk","id":"a","content":"half"},{}]\n\nevent: values\ndata: {"mess';
const half = (path: string) => (isStream(path) ? sseHalf : jsonHalf);
const halfKept = { wait: /^\{"messages":\[\{"type":"ai","content":"half an ans\s*$/, stream: /^half$/ };

const head = (path: string, more = '') =>
  `HTTP/1.1 200 OK\r\ncontent-type: ${isStream(path) ? 'text/event-stream' : 'application/json'}\r\n${more}\r\n`;

/** Turns of the event loop: what was written has been read by the other end of this process. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Writes these pieces as they are, then goes on with the socket. */
const writes =
  (
    pieces: (path: string) => string | Buffer,
    then: (socket: Parameters<Fault>[0]['socket']) => void,
  ): Fault =>
  async ({ request, socket }) => {
    await new Promise((resolve) => socket.write(pieces(request.path), resolve));
    await turns(20);
    then(socket);
  };

/** Writes the same again and again, as long as anybody listens. */
const forEver =
  (begin: (path: string) => string, beat: (path: string) => string): Fault =>
  async ({ request, socket }) => {
    socket.write(begin(request.path));
    while (!socket.destroyed) {
      await turns(1);
      if (socket.writableLength < 10_000) socket.write(beat(request.path));
    }
  };

/** From the request on that asks the agent nothing is answered well any more. */
const badSince = (fault: Fault) => async () => {
  let isBad = false;
  const rule: FaultRule = (request) => {
    isBad ||= createsRun(request);
    return isBad ? fault : undefined;
  };
  return startAgentServer({ faults: rule });
};

const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const ofLength = (body: string | Buffer, type: string) =>
  Buffer.concat([
    Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n`),
    Buffer.from(body),
  ]);
const nothing = () => {};

/** A thread that listens, is asleep for good, and so never accepts what its kernel connects. */
async function asleep(backlog: number, connectionsBefore = 0): Promise<Asked & AsyncDisposable> {
  const code = `
    const { parentPort } = require('node:worker_threads');
    const { createServer } = require('node:net');
    const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: ${backlog} }, () => {
      const { port } = server.address();
      server.on('connection', () => {});
      parentPort.postMessage(port);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const worker = new Worker(code, { eval: true });
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  const fillers = Array.from({ length: connectionsBefore }, () =>
    connect(port, '127.0.0.1').on('error', nothing),
  );
  // The kernel takes as many as its queue holds; of the others none is ever connected.
  if (connectionsBefore > 0) await new Promise((resolve) => fillers[0]?.once('connect', resolve));
  await turns(20);
  return {
    url: `http://127.0.0.1:${port}`,
    assistant: { assistant_id: '6b2f5c1e-0f50-4b6c-9c1e-8f6f3a1d2e11', graph_id: 'agent' },
    [Symbol.asyncDispose]: async () => {
      for (const filler of fillers) filler.destroy();
      await worker.terminate();
    },
  };
}

const mayHave = { stateless: true, threaded: true };
const cannotHave = { stateless: false, threaded: false };
const nothingKept = { wait: null, stream: null };
const idle: Ends = ['timeout', 'IDLE_TIMEOUT'];
const late: Ends = ['timeout', 'TIMEOUT'];
const cut: Ends = ['reset', 'BODY_CUT_SHORT'];
const both = (ends: Ends) => ({ wait: ends, stream: ends });

export const badServers: readonly BadServer[] = [
  {
    server: 'never completes a connection',
    start: () => asleep(1, 8),
    ...both(['connect', 'CONNECT_TIMEOUT']),
    threaded: ['connect', 'CONNECT_TIMEOUT'],
    mayHaveRun: cannotHave,
    kept: nothingKept,
  },
  {
    server: 'is connected to and never reads',
    start: () => asleep(100),
    ...both(idle),
    // Not even the thread could be made.
    threaded: ['timeout', 'IDLE_TIMEOUT'],
    mayHaveRun: { stateless: true, threaded: false },
    kept: nothingKept,
  },
  {
    server: 'accepts and is silent',
    start: badSince(nothing),
    ...both(idle),
    mayHaveRun: mayHave,
    kept: nothingKept,
  },
  {
    server: 'drips header bytes for ever',
    start: badSince(
      forEver(
        () => 'HTTP/1.1 200 OK\r\nx-slow: ',
        () => 'z',
      ),
    ),
    ...both(idle),
    mayHaveRun: mayHave,
    kept: nothingKept,
  },
  {
    server: 'drips signs of life for ever',
    start: badSince(
      forEver(
        (path) => head(path),
        (path) => (isStream(path) ? ': wait\n\n' : '\n'),
      ),
    ),
    ...both(late),
    mayHaveRun: mayHave,
    kept: nothingKept,
  },
  {
    server: 'is silent after its headers',
    start: badSince(writes((path) => head(path, 'content-length: 1000\r\n'), nothing)),
    ...both(idle),
    mayHaveRun: mayHave,
    kept: nothingKept,
  },
  {
    server: 'tells half an answer, and signs of life for ever after',
    start: badSince(
      forEver(
        (path) =>
          `${head(path)}${isStream(path) ? sseHalf.slice(0, -'event: values\ndata: {"mess'.length) : half(path)}`,
        (path) => (isStream(path) ? ': wait\n\n' : ' '),
      ),
    ),
    ...both(late),
    mayHaveRun: mayHave,
    kept: halfKept,
  },
  {
    server: 'half-closes in mid-answer, which is the end of one without a length',
    start: badSince(
      writes(
        (path) => head(path, 'connection: close\r\n') + half(path),
        (socket) => socket.end(),
      ),
    ),
    wait: ['protocol', 'BODY_CUT_SHORT'],
    stream: ['protocol', 'STREAM_NO_VALUE'],
    mayHaveRun: mayHave,
    kept: halfKept,
  },
  {
    server: 'resets the connection in mid-answer',
    start: badSince(
      writes(
        (path) => head(path, 'content-length: 1000\r\n') + half(path),
        (socket) => socket.resetAndDestroy(),
      ),
    ),
    ...both(cut),
    mayHaveRun: mayHave,
    kept: halfKept,
  },
  {
    server: 'ends before its content-length',
    start: badSince(
      writes(
        (path) => head(path, 'content-length: 1000\r\n') + half(path),
        (socket) => socket.end(),
      ),
    ),
    ...both(cut),
    mayHaveRun: mayHave,
    kept: halfKept,
  },
  {
    server: 'ends in mid-chunk',
    start: badSince(
      writes(
        (path) =>
          `${head(path, 'transfer-encoding: chunked\r\n')}${chunk(half(path).slice(0, 9))}fff\r\n${half(path).slice(9)}`,
        (socket) => socket.end(),
      ),
    ),
    ...both(cut),
    mayHaveRun: mayHave,
    kept: halfKept,
  },
  {
    server: 'vanishes in mid-answer without a word',
    start: badSince(writes((path) => head(path, 'content-length: 1000\r\n') + half(path), nothing)),
    ...both(idle),
    mayHaveRun: mayHave,
    kept: halfKept,
  },
  {
    server: 'answers 200 with JSON that breaks off',
    start: badSince(writes(() => ofLength(jsonHalf, 'application/json'), nothing)),
    ...both(['protocol', 'BODY_CUT_SHORT']),
    mayHaveRun: mayHave,
    kept: { wait: halfKept.wait, stream: halfKept.wait },
  },
  {
    server: 'answers 200 with a web page',
    start: badSince(writes(() => ofLength('<html><title>Sign in</title>', 'text/html'), nothing)),
    ...both(['protocol', 'HTML_ANSWER']),
    mayHaveRun: mayHave,
    kept: { wait: /Sign in/, stream: /Sign in/ },
  },
  {
    server: 'answers 200 with bytes that are no text',
    start: badSince(
      writes(
        () => ofLength(Buffer.from([0, 1, 0xff, 0xfe, 0x9b, 0x41, 0xc3, 0x28]), 'application/json'),
        nothing,
      ),
    ),
    ...both(['protocol', 'NOT_JSON']),
    mayHaveRun: mayHave,
    kept: { wait: /^\0\u0001.*A/u, stream: /^\0\u0001.*A/u },
  },
];
