/** The outcomes that matter most, on the real local Agent Server: what the scripted one plays must be so. */

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemRuntime } from '../../src/runtime.ts';
import type { Input } from '../../src/types.ts';
import { intentOf } from '../made-intent.ts';
import { type LocalServer, startLocalServer } from '../support/local-server.ts';
import { type ClientOptions, jobOf, startClient, talkOf } from './client.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const clientOf = (graph: string, options: ClientOptions) =>
  startClient(
    { url: server.url, assistant: { assistant_id: graph, graph_id: graph } },
    { runtime: systemRuntime, batchId: randomUUID(), ...options },
  );

const ways = (['threaded', 'stateless'] as const).flatMap((mode) =>
  [false, true].map((stream) => [`${mode}, ${stream ? 'stream' : 'wait'}`, { mode, stream }] as const),
);

async function ask(graph: string, input: Input, options: ClientOptions) {
  await using client = clientOf(graph, options);
  const { outcome } = await client.ask(jobOf(input));
  return outcome;
}

describe.concurrent.each(ways)('the real local server (%s)', (_title, way) => {
  it('answers', async () => {
    const outcome = await ask('echo', 'hi', way);

    expect(outcome).toMatchObject({ outcome: 'success', response: 'echo: hi', failure: null });
    expect(outcome.messages).toHaveLength(2);
  });

  it('tells a graph that throws', async () => {
    const { failure } = await ask('boom', 'hi', way);

    expect(failure).toMatchObject({ code: 'AGENT_ERROR', message: 'TypeError: boom: hi', uncertain: false });
  });

  it('answers for a graph that is no chat', async () => {
    const { response } = await ask('quiz', { question: 'why' }, way);

    expect(response).toBe('{"question":"why","answer":"answer to why"}');
  });

  it('stops at a breakpoint', async () => {
    const outcome = await ask('paused', 'hi', way);

    expect(outcome).toMatchObject({
      outcome: 'interrupted',
      interrupts: [],
      failure: { code: 'BREAKPOINT' },
    });
  });

  it('asks a human on a thread, and fails to without one', async () => {
    const outcome = await ask('approve', 'this', way);

    expect(outcome).toMatchObject(
      way.mode === 'threaded'
        ? {
            outcome: 'interrupted',
            interrupts: [{ value: { question: 'approve this?' } }],
            failure: { code: 'WAITS_FOR_HUMAN', message: 'waits for a human: approve this?' },
          }
        : { outcome: 'error', failure: { code: 'AGENT_ERROR' } },
    );
  });

  it('is told to stop at the time limit, and has then', async () => {
    const { failure } = await ask('slow', '30000', { ...way, timeoutMs: 3_000 });

    expect(failure).toMatchObject({
      code: 'TIMEOUT',
      may_have_run: true,
      uncertain: way.mode === 'stateless',
    });
  });
});

describe.concurrent('the real local server', () => {
  it('has a conversation whose turns hold their own messages alone', async () => {
    await using client = clientOf('echo', {});

    const turns = await client.run(
      talkOf(['one', 'two', { messages: [{ role: 'user', content: 'three' }] }]),
    );

    expect(turns.map(({ outcome }) => outcome.response)).toEqual(['echo: one', 'echo: two', 'echo: three']);
    expect(turns.map(({ outcome }) => outcome.messages.length)).toEqual([2, 2, 2]);
  });

  it('gives a later start the run that an earlier one asked for, and no other run', async () => {
    const batchId = randomUUID();
    await using earlier = clientOf('echo', { batchId });
    await earlier.ask(jobOf('hi'));
    const [made] = earlier.intents;
    const threadId = made?.thread_id ?? '';
    await fetch(`${server.url}/threads/${threadId}/runs/wait`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        assistant_id: 'echo',
        input: { messages: [{ role: 'user', content: 'other' }] },
      }),
    });
    await using later = clientOf('echo', { batchId });

    const { outcome } = await later.ask(jobOf('hi', { intent: intentOf({ thread_id: threadId }) }));

    expect(outcome).toMatchObject({ outcome: 'success', response: 'echo: hi' });
    expect(outcome.messages).toHaveLength(2);
  });

  it('knows in the midst of a conversation what the earlier turns held', async () => {
    const batchId = randomUUID();
    const third = { messages: [{ role: 'user', content: 'three' }] };
    await using earlier = clientOf('echo', { batchId });
    await earlier.run(talkOf(['one', 'two']));
    const [made] = earlier.intents;
    await using later = clientOf('echo', { batchId });
    const intent = intentOf({ key: 'c-1', thread_id: made?.thread_id ?? null });

    const [turn] = await later.run(talkOf(['one', 'two', third], { recorded: 2, intent }));

    expect(turn?.outcome).toMatchObject({ response: 'echo: three' });
    expect(turn?.outcome.messages).toHaveLength(2);
  });
});
