/** The preflight: one request proves URL, key and agent, and what is thrown says what to do. */

import { describe, expect, it } from 'vitest';
import { type AgentOptions, connect } from '../../src/agent/index.ts';
import { AgentError } from '../../src/errors.ts';
import { type Fault, html, onRoute, redirects, startAgentServer, status } from '../support/agent-server.ts';
import { manualRuntime } from '../support/manual-runtime.ts';
import { plainConnection } from './client.ts';

async function describeAgent(url: string, options: Partial<AgentOptions> = {}) {
  const runtime = manualRuntime({ autoSleep: true });
  const connection = connect(
    {
      url,
      agent: 'agent',
      ...plainConnection,
      ...options,
    },
    runtime,
  );
  try {
    return await connection.describe();
  } finally {
    await connection.close();
  }
}

async function errorOf(asked: Promise<unknown>): Promise<AgentError> {
  const error = await asked.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof AgentError) return error;
  throw new Error(`Expected an AgentError, got ${String(error)}`);
}

describe('the preflight', () => {
  it.each(['local', 'deployed'] as const)(
    'finds the agent by its id in one request (%s)',
    async (flavour) => {
      await using server = await startAgentServer({ flavour, graph: 'support' });
      const { assistant_id: id } = server.assistant;

      const facts = await describeAgent(server.url, { agent: id });

      expect(facts).toMatchObject({ id, name: 'support', graph: 'support' });
      expect(server.requests).toHaveLength(1);
    },
  );

  it.each([
    ['local', 1],
    ['deployed', 2],
  ] as const)('finds it by the name of its graph (%s)', async (flavour, requests) => {
    await using server = await startAgentServer({ flavour, graph: 'support' });

    const facts = await describeAgent(server.url, { agent: 'support' });

    expect(facts.id).toBe(server.assistant.assistant_id);
    expect(server.requests).toHaveLength(requests);
  });

  it('finds it below a path prefix, with a key', async () => {
    await using server = await startAgentServer({ prefix: '/a/b', apiKey: 'key' });

    const facts = await describeAgent(server.url, { headers: { 'x-api-key': 'key' } });

    expect(facts.id).toBe(server.assistant.assistant_id);
  });

  it.each([
    ['version', 2],
    ['config', { tags: ['x'] }],
    ['context', { tone: 'dry' }],
    ['metadata', { owner: 'me' }],
  ] as const)('tells another version where the %s is another', async (field, value) => {
    await using server = await startAgentServer();
    const before = await describeAgent(server.url);

    Object.assign(server.assistant, { [field]: value });
    const after = await describeAgent(server.url);

    expect(after.version).not.toBe(before.version);
  });

  it('tells the same version though a local server was started anew', async () => {
    await using server = await startAgentServer();
    const before = await describeAgent(server.url);

    server.assistant.updated_at = '2030-01-01T00:00:00Z';
    const after = await describeAgent(server.url);

    expect(after.version).toBe(before.version);
    expect(after.updatedAt).not.toBe(before.updatedAt);
  });

  it.each(['local', 'deployed'] as const)('says both where there is no such agent (%s)', async (flavour) => {
    await using server = await startAgentServer({ flavour });

    const named = await errorOf(describeAgent(server.url, { agent: 'other' }));
    const byId = await errorOf(describeAgent(server.url, { agent: '0b4c4c5e-98a8-4b67-9d3a-2d3c0c7f1a11' }));

    for (const error of [named, byId]) {
      expect(error.exitCode).toBe(4);
      expect(error.message).toContain('its id is wrong, or the key is not of the agent');
    }
  });

  const faults: [string, Fault, 3 | 4, RegExp][] = [
    [
      'a missing key',
      status(401),
      4,
      /the key was refused: refused with 401.*LANGGRAPH_API_KEY.*--auth-scheme/,
    ],
    ['a key of another', status(403), 4, /the key was refused/],
    ['a web page', html(), 4, /does not answer as an Agent Server does: a web page came.*Sign in/],
    [
      'other JSON',
      status(200, { hello: 'world' }),
      4,
      /does not answer as an Agent Server does: expected an assistant/,
    ],
    ['text', status(200, 'hello'), 4, /does not answer as an Agent Server does: the answer is no JSON/],
    ['an empty answer', status(200, ''), 4, /does not answer as an Agent Server does/],
    ['a redirect', redirects('https://login.example/'), 4, /redirects to https:\/\/login\.example/],
    ['a refused method', status(405), 4, /does not answer as an Agent Server does/],
    ['500', status(500), 3, /cannot be reached: refused with 500 \[HTTP_500\]/],
    ['503', status(503), 3, /cannot be reached.*\[HTTP_503\]/],
    ['429', status(429), 3, /cannot be reached.*\[HTTP_429\]/],
  ];

  it.each(faults)('of a server that answers with %s says what to do', async (_, fault, exitCode, message) => {
    await using server = await startAgentServer({ faults: onRoute('GET /assistants/{a}', 'every', fault) });

    const error = await errorOf(describeAgent(server.url));

    expect(error.exitCode).toBe(exitCode);
    expect(error.message).toMatch(message);
  });

  it('of a server that is not there says so, for a later try', async () => {
    const server = await startAgentServer();
    await server.close();

    const error = await errorOf(describeAgent(server.url));

    expect(error).toMatchObject({ exitCode: 3 });
    expect(error.message).toBe(
      `${server.url} cannot be reached: nothing listens there (ECONNREFUSED) [CONNECT_REFUSED]`,
    );
  });
});
