/** What is measured and kept of streamed runs. */

import { describe, expect, it } from 'vitest';
import { type Fault, onCreate, says, startAgentServer, streams } from '../support/agent-server.ts';
import { gate } from '../support/gate.ts';
import { manualRuntime } from '../support/manual-runtime.ts';
import { type ClientOptions, jobOf, startClient } from './client.ts';
import { pumped } from './pumped.ts';

const json = (value: unknown) => JSON.stringify(value);
const event = (name: string, data: unknown) => `event: ${name}\ndata: ${json(data)}\n\n`;
const chunk = (content: unknown, more = {}) =>
  event('messages', [{ type: 'AIMessageChunk', id: 'a', content, ...more }, {}]);
const answer = { messages: [{ type: 'ai', content: 'yes', id: 'a' }] };

/** Turns of the event loop: what one end of this process has written, the other has read after a few. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A stream of these pieces; at each number the clock is moved by so many ms, once the client has what came before. */
function serves(runtime: ReturnType<typeof manualRuntime>, ...pieces: readonly (string | number)[]): Fault {
  return async ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'content-location': '/runs/r-1' });
    for (const piece of pieces) {
      if (typeof piece === 'string') await new Promise((resolve) => response.write(piece, resolve));
      else {
        await turns(20);
        await runtime.advance(piece);
      }
    }
    response.end();
  };
}

async function streamed(pieces: readonly (string | number)[], options: ClientOptions = {}) {
  const runtime = manualRuntime();
  await using server = await startAgentServer({ faults: onCreate(1, serves(runtime, ...pieces)) });
  await using client = startClient(server, { runtime, mode: 'stateless', stream: true, ...options });
  const { outcome, attempts, last } = await client.ask(jobOf());
  const ttftMs = last.firstTokenAt === null ? null : last.firstTokenAt - (last.sentAt ?? 0);
  return { outcome, latencyMs: attempts[0]?.latency_ms, ttftMs, runId: last.runId };
}

describe('of a stream', () => {
  it('latency counts to the last value, not to the end of the body', async () => {
    const { latencyMs, outcome } = await streamed([100, event('values', answer), 700]);

    expect(outcome.response).toBe('yes');
    expect(latencyMs).toBe(100);
  });

  it('time to first token counts to the first piece of the answer, not to what comes before', async () => {
    const { ttftMs } = await streamed([
      event('metadata', { run_id: 'r-2' }),
      30,
      event('values', { messages: [] }),
      chunk(''),
      event('messages', [{ type: 'human', content: 'hi' }, {}]),
      event('messages', [{ type: 'tool', content: 'x' }, {}]),
      20,
      chunk('y'),
      50,
      chunk('es'),
      event('values', answer),
    ]);

    expect(ttftMs).toBe(50);
  });

  it('a call of a tool is a first token too', async () => {
    const { ttftMs } = await streamed([
      40,
      chunk('', { tool_call_chunks: [{ name: 'add' }] }),
      event('values', answer),
    ]);

    expect(ttftMs).toBe(40);
  });

  it('without tokens has no time to the first', async () => {
    const { ttftMs } = await streamed([event('values', answer)]);

    expect(ttftMs).toBeNull();
  });

  it('the run is known from the headers, or from the first event', async () => {
    const fromHeaders = await streamed([event('values', answer)]);
    const fromEvent = await streamed([event('metadata', { run_id: 'r-2' }), event('values', answer)]);

    expect([fromHeaders.runId, fromEvent.runId]).toEqual(['r-1', 'r-2']);
  });

  it.each([
    ['values of a subgraph', event('values|sub', { messages: [] })],
    ['events nobody asked for', event('debug', { a: 1 }) + event('custom', 'x')],
    ['data that is no JSON', 'event: messages\ndata: {"a\n\n'],
    ['a message of an unknown shape', event('messages', 'x') + event('messages', [null])],
    ['an event of no name', 'data: 1\n\n'],
  ])('%s are passed over', async (_, piece) => {
    const { outcome } = await streamed([event('values', answer), piece]);

    expect(outcome).toMatchObject({ outcome: 'success', response: 'yes' });
  });

  it('an error counts more than values before it, whose tokens and text are kept', async () => {
    const usage = { usage_metadata: { input_tokens: 1, output_tokens: 2, total_tokens: 3 } };
    const half = { messages: [{ type: 'ai', content: 'half', id: 'a', ...usage }] };

    const { outcome } = await streamed([
      event('values', half),
      event('error', { error: 'E', message: 'no' }),
    ]);

    expect(outcome).toMatchObject({ outcome: 'error', response: 'half', usage: { total_tokens: 3 } });
    expect(outcome.failure?.message).toBe('E: no');
  });

  it.each([
    ['a bare text', '"Run not found"', 'Run not found'],
    ['text that is no JSON', 'broken', 'broken'],
    ['an error without words', '{}', 'the agent failed and told no reason'],
  ])('an error that is %s is told', async (_, data, message) => {
    const { outcome } = await streamed([`event: error\ndata: ${data}\n\n`]);

    expect(outcome.failure).toMatchObject({ code: 'AGENT_ERROR', message });
  });

  it('tokens of several messages are kept apart', async () => {
    const pieces = [chunk('let me'), chunk(' see'), chunk('', { id: 'b' }), chunk('it is', { id: 'b' })];

    const { outcome } = await streamed(pieces);

    expect(outcome).toMatchObject({ response: 'let me see\nit is', failure: { code: 'STREAM_NO_VALUE' } });
  });

  it('tokens are kept of blocks, and what was said so far of a run that waits for a human', async () => {
    const { outcome } = await streamed([
      chunk([{ type: 'text', text: 'I will ask' }]),
      event('values', { __interrupt__: [{ id: 'i', value: 'ok?' }] }),
    ]);

    expect(outcome).toMatchObject({ outcome: 'interrupted', response: 'I will ask' });
  });

  it('no value and no error is no result', async () => {
    const { outcome } = await streamed([event('metadata', { run_id: 'r' })]);

    expect(outcome.failure).toMatchObject({ code: 'STREAM_NO_VALUE', may_have_run: true, uncertain: true });
  });

  it('data over many lines are read, as version 2.0.0 of the local server writes them', async () => {
    await using server = await startAgentServer({ agent: () => streams(['one ', 'two']), manyLines: true });
    await using client = startClient(server, { stream: true });

    const { outcome, last } = await client.ask(jobOf());

    expect(outcome.response).toBe('one two');
    expect(last.firstTokenAt).not.toBeNull();
  });
});

describe('of a wait', () => {
  it('latency counts from the request sent to the answer whole, and the wait before it', async () => {
    const run = gate();
    const runtime = manualRuntime();
    await using server = await startAgentServer({
      agent: async () => {
        await run.opened;
        return says('yes');
      },
    });
    await using client = startClient(server, { runtime, mode: 'stateless' });
    const asked = client.ask(jobOf());
    await server.when(({ runs }) => runs.length === 1);

    await runtime.advance(250);
    run.open();
    const { attempts, waitMs, last } = await asked;

    expect(attempts[0]?.latency_ms).toBe(250);
    expect(waitMs).toBe(0);
    expect(last.firstTokenAt).toBeNull();
  });

  it('latency does not hold the requests that prove the outcome', async () => {
    const runtime = manualRuntime();
    const slow: Fault = async ({ handle, write }) => {
      await runtime.advance(400);
      await write(await handle());
    };
    await using server = await startAgentServer({
      faults: (request) => (request.method === 'GET' ? slow : undefined),
    });
    await using client = startClient(server, { runtime });

    const { attempts } = await client.ask(jobOf());

    expect(attempts[0]?.latency_ms).toBe(0);
  });

  it('latency of a run whose answer was lost counts to where it was seen to have ended', async () => {
    const runtime = manualRuntime();
    const run = gate();
    await using server = await startAgentServer({
      agent: async () => {
        await run.opened;
        return says('yes');
      },
      faults: onCreate(1, async ({ handle, response, socket }) => {
        const { status, headers } = await handle();
        response.writeHead(status, headers).flushHeaders();
        setImmediate(() => socket.destroy());
      }),
    });
    await using client = startClient(server, { runtime });
    const asked = client.ask(jobOf());
    await server.when(({ requests }) => requests.some(({ route }) => route.endsWith('/runs/{r}')));

    for (let step = 0; step < 10; step += 1) await runtime.advance(100);
    run.open();
    const { attempts } = await pumped(runtime, asked);

    expect(attempts[0]?.latency_ms).toBeGreaterThanOrEqual(1_000);
  });
});
