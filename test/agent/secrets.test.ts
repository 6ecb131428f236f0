/** A server may echo what it was sent. No key comes through, in whichever spelling. */

import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { connect } from '../../src/agent/index.ts';
import { createRedactor } from '../../src/agent/redact.ts';
import { systemRuntime } from '../../src/runtime.ts';
import {
  type Fault,
  interrupts,
  onCreate,
  onRoute,
  says,
  startAgentServer,
  throwsError,
} from '../support/agent-server.ts';
import { jobOf, startClient } from './client.ts';

const key = 'canary-"key"\\with/slashes+1';
const basic = `Basic ${Buffer.from('canary-user:canary-password').toString('base64')}`;
const headers = { 'x-api-key': key, authorization: basic, 'x-tenant': 'acme' };
const secrets = [key, basic, 'canary-user:canary-password', 'canary-password'];
const echoed = `${key} ${basic} ${encodeURIComponent(key)}`;

const leaks = /canary|Y2FuYXJ5|slashes/;

/** Answers with this, unhandled. */
const answers =
  (status: number, type: string, body: string, more: Record<string, string> = {}): Fault =>
  ({ write }) =>
    write({ status, headers: { 'content-type': type, ...more }, body });

const json = (value: unknown) => JSON.stringify(value);
const escaped = (value: unknown) => json(value).replaceAll('/', '\\/');
const event = (name: string, data: unknown) => `event: ${name}\ndata: ${json(data)}\n\n`;
const ai = {
  type: 'ai',
  content: `you sent ${echoed}`,
  id: 'a1',
  tool_calls: [{ name: key, args: { [key]: [key] } }],
};

const echoes: [string, Fault][] = [
  ...[400, 401, 403, 404, 409, 422, 429, 500, 503].map((status): [string, Fault] => [
    `an error of ${status}`,
    answers(status, 'application/json', json({ detail: echoed })),
  ]),
  ['an error as text', answers(500, 'text/plain', echoed)],
  ['an error page', answers(502, 'text/html', `<title>${echoed}</title>`)],
  ['a web page with HTTP 200', answers(200, 'text/html', `<title>${echoed}</title>`)],
  [
    'a redirect',
    answers(307, 'text/plain', '', { location: `https://elsewhere.example/?key=${encodeURIComponent(key)}` }),
  ],
  ['an answer', answers(200, 'application/json', json({ messages: [ai] }))],
  ['an answer that escapes slashes', answers(200, 'application/json', escaped({ messages: [ai] }))],
  ['an answer that is no chat', answers(200, 'application/json', json({ [key]: echoed }))],
  [
    'an error within an answer',
    answers(200, 'application/json', json({ __error__: { error: key, message: echoed } })),
  ],
  [
    'an interrupt',
    answers(
      200,
      'application/json',
      json({ __interrupt__: [{ id: key, value: { auth_url: `https://x/${key}` } }] }),
    ),
  ],
  ['an answer that is cut', answers(200, 'application/json', json({ messages: [ai] }).slice(0, -3))],
  ['an answer that is no JSON', answers(200, 'text/plain', echoed)],
  ['streamed values', answers(200, 'text/event-stream', event('values', { messages: [ai] }))],
  ['a streamed error', answers(200, 'text/event-stream', event('error', { error: key, message: echoed }))],
  [
    'tokens of a stream that breaks',
    answers(
      200,
      'text/event-stream',
      [...echoed].map((letter) => event('messages', [{ type: 'ai', content: letter, id: 'a' }, {}])).join(''),
    ),
  ],
];

describe.each(['threaded', 'stateless'] as const)('no key comes through (%s)', (mode) => {
  it.each(echoes.flatMap(([what, fault]) => [false, true].map((stream) => [what, stream, fault] as const)))(
    'in %s (stream: %s)',
    async (_what, stream, fault) => {
      await using server = await startAgentServer({ faults: onCreate('every', fault) });
      await using client = startClient(server, { mode, stream, headers, secrets, retries: 0 });

      const attempted = await client.ask(jobOf());

      expect(server.requests.every((request) => request.headers['x-api-key'] === key)).toBe(true);
      expect(inspect(attempted, { depth: 20, maxStringLength: null })).not.toMatch(leaks);
      expect(json(attempted)).not.toMatch(leaks);
    },
  );

  it.each([
    ['answers', says(`you sent ${echoed}`)],
    ['throws', throwsError('Error', echoed)],
    ['asks', interrupts([{ id: 'i', value: { question: echoed } }])],
  ] as const)('of a run that %s', async (_, reply) => {
    await using server = await startAgentServer({ flavour: 'deployed', agent: () => reply });
    await using client = startClient(server, { mode, headers, secrets });

    const attempted = await client.ask(jobOf());

    expect(json(attempted)).not.toMatch(leaks);
    expect(json(attempted)).toContain('***');
  });
});

describe('the preflight', () => {
  it.each([
    ['an error', answers(500, 'text/plain', echoed)],
    ['a refusal', answers(401, 'application/json', json({ detail: echoed }))],
    ['a web page', answers(200, 'text/html', `<title>${echoed}</title>`)],
    ['other JSON', answers(200, 'application/json', json({ [key]: echoed }))],
    ['no HTTP at all', ({ socket }: Parameters<Fault>[0]) => void socket.end(`${echoed}\r\n\r\n`)],
  ] as [string, Fault][])('lets no key through in what it throws, for %s', async (_, fault) => {
    await using server = await startAgentServer({ faults: onRoute('GET /assistants/{a}', 'every', fault) });
    const { host } = new URL(server.url);
    const connection = connect(
      {
        url: `http://canary-user:canary-password@${host}`,
        agent: 'agent',
        headers,
        secrets,
        maxAnswerBytes: 1_000_000,
        connectTimeoutMs: 1_000,
        idleTimeoutMs: 1_000,
        proxies: {},
      },
      systemRuntime,
    );

    const error = await connection.describe().catch((thrown: unknown) => thrown);
    await connection.close();

    expect(error).toMatchObject({ name: 'AgentError' });
    expect(inspect(error, { depth: 20, showHidden: true, maxStringLength: null })).not.toMatch(leaks);
  });
});

describe('the redactor', () => {
  const redact = createRedactor(['canary-secret', 'canary-secret-and-more', 'short']);

  it('takes the longest secret first, and leaves what is too short to be one', () => {
    expect(redact.text('a canary-secret-and-more, canary-secret, short')).toBe('a ***, ***, short');
  });

  it('gives a value without secrets as it is', () => {
    const value = { a: [1, 'x', null, true] };

    expect(redact.json(value, json(value))).toBe(value);
  });

  it('leaves numbers whole, and what JSON is made of', () => {
    const digits = createRedactor(['1234567890', 'messages']);
    const value = { messages: 1234567890, said: '1234567890' };

    expect(digits.json(value, json(value))).toEqual({ '***': 1234567890, said: '***' });
  });
});
