/** Each turn is accepted once: what breaks at each step, and how many runs the server has accepted then. */

import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/types.ts';
import {
  type AgentServer,
  type AgentServerOptions,
  bad502,
  cutsChunked,
  cutsStreamAfter,
  dropsAfter,
  dropsAfterHeaders,
  dropsBefore,
  type Fault,
  type FaultRule,
  hangs,
  hangsAfter,
  onCreate,
  onRoute,
  resets,
  startAgentServer,
  status,
} from '../support/agent-server.ts';
import { gate } from '../support/gate.ts';
import { manualRuntime } from '../support/manual-runtime.ts';
import { type ClientOptions, jobOf, startClient, talkOf } from './client.ts';
import { pumped } from './pumped.ts';

/** One turn, while time flies. */
async function askTurn(server: AgentServer, options: ClientOptions = {}) {
  const runtime = manualRuntime();
  await using client = startClient(server, { runtime, ...options });
  const attempted = await pumped(runtime, client.ask(jobOf()));
  return { ...attempted, marks: client.intents.map(({ mark, generation }) => `${mark} ${generation}`) };
}

const serverWith = (faults: FaultRule, options: AgentServerOptions = {}) =>
  startAgentServer({ ...options, faults });

/** What may befall the request that asks, where the server accepts it or not. */
const accepted: [string, Fault][] = [
  ['handled, and the connection breaks', dropsAfter()],
  ['handled, and 502 comes of a balancer', bad502(502)],
  ['handled, and 504 comes of a balancer', bad502(504)],
  ['handled, and no header comes', hangsAfter()],
  ['handled, and the connection breaks after the headers', dropsAfterHeaders()],
];
const unaccepted: [string, Fault][] = [
  ['lost before it is handled', dropsBefore()],
  ['reset before it is handled', resets()],
  ['never handled nor answered', hangs()],
  ['answered with 500', status(500)],
  ['answered with 502, unhandled', status(502)],
  ['answered with 503, unhandled', status(503)],
];
const refusals: [string, Fault][] = [
  ['refused with 429', status(429, 'slow down', { 'retry-after': '2' })],
  ['refused with 409', status(409)],
];

const ways = (['local', 'deployed'] as const).flatMap((flavour) =>
  [false, true].map((stream) => [`${flavour}, ${stream ? 'stream' : 'wait'}`, { flavour, stream }] as const),
);

describe.each(ways)('exactly-once (%s)', (_way, { flavour, stream }) => {
  it.each(accepted)('follows the run of a request that was %s', async (_what, fault) => {
    await using server = await serverWith(onCreate(1, fault), { flavour });

    const { outcome, attempts } = await askTurn(server, { stream });

    expect(outcome).toMatchObject({ outcome: 'success', response: 'echo: hi' });
    expect(server.counts).toMatchObject({ runs: 1, creates: 1 });
    expect(attempts).toHaveLength(1);
  });

  it.each(unaccepted)('fences off a request that was %s, and asks on a new thread', async (_what, fault) => {
    await using server = await serverWith(onCreate(1, fault), { flavour });

    const { outcome, marks } = await askTurn(server, { stream });

    expect(outcome).toMatchObject({ outcome: 'success', response: 'echo: hi' });
    expect(server.counts).toMatchObject({ runs: 1, creates: 2 });
    expect(marks).toEqual(['made 0', 'abandoned 0', 'made 1']);
    expect(server.requestsTo('DELETE /threads/{t}')).toHaveLength(1);
  });

  it.each(refusals)('asks again on the same thread after one that was %s', async (_what, fault) => {
    await using server = await serverWith(onCreate(1, fault), { flavour });

    const { outcome, marks } = await askTurn(server, { stream });

    expect(outcome).toMatchObject({ outcome: 'success' });
    expect(server.counts).toMatchObject({ runs: 1, creates: 2 });
    expect(marks).toEqual(['made 0']);
  });

  it.each([
    ['lost before it is handled', dropsBefore()],
    ['handled, and its answer is lost', dropsAfter()],
    ['answered with 502, though handled', bad502()],
    ['refused with 429', status(429)],
  ])('makes the same thread again where POST /threads was %s', async (_what, fault) => {
    await using server = await serverWith(onRoute('POST /threads', 1, fault), { flavour });

    const { outcome } = await askTurn(server, { stream });

    expect(outcome).toMatchObject({ outcome: 'success' });
    expect(server.counts.runs).toBe(1);
    expect(server.threads.size).toBe(1);
  });

  it('refuses a request that a proxy held until the turn was asked anew', async () => {
    const proxy = gate();
    const handled = gate();
    const held: Fault = async ({ handle }) => {
      await proxy.opened;
      await handle();
      handled.open();
    };
    await using server = await serverWith(onCreate(1, held), { flavour });

    const { outcome } = await askTurn(server, { stream });
    proxy.open();
    await handled.opened;

    expect(outcome).toMatchObject({ outcome: 'success' });
    expect(server.counts.runs).toBe(1);
  });

  it('refuses a copy of the request that comes while the run goes on', async () => {
    const proxied: Fault = async ({ handle, write }) => {
      const answer = await handle();
      await handle();
      await write(answer);
    };
    const run = gate();
    await using server = await startAgentServer({
      flavour,
      agent: async () => {
        await run.opened;
        return { does: 'update', update: {} };
      },
      faults: onCreate(1, proxied),
    });

    const asked = askTurn(server, { stream });
    await server.when(({ counts }) => counts.runs === 1);
    run.open();

    expect((await asked).outcome.outcome).toBe('success');
    expect(server.counts.runs).toBe(1);
  });

  it('follows the run that holds the thread, where its own request is refused for it', async () => {
    // A proxy sends the request twice and hands back the second answer.
    const doubled: Fault = async ({ handle, write }) => {
      await handle();
      await write(await handle());
    };
    const run = gate();
    await using server = await startAgentServer({
      flavour,
      agent: async () => {
        await run.opened;
        return { does: 'update', update: { messages: [{ type: 'ai', content: 'once' }] } };
      },
      faults: onCreate(1, doubled),
    });

    const asked = askTurn(server, { stream });
    await server.when(({ requests }) => requests.some(({ route }) => route === 'GET /threads/{t}/runs'));
    run.open();

    expect((await asked).outcome).toMatchObject({ outcome: 'success', response: 'once' });
    expect(server.counts.runs).toBe(1);
  });

  it('asks on the thread the server gave, where it takes no ids of ours', async () => {
    await using server = await serverWith(onCreate(1, dropsBefore()), { flavour, threadIds: 'refused' });

    const { outcome, marks } = await askTurn(server, { stream });

    expect(outcome).toMatchObject({ outcome: 'success' });
    expect(server.counts.runs).toBe(1);
    expect(marks).toEqual(['made 0', 'abandoned 0', 'made 1']);
  });

  it('tells for certain that nothing ran, where every try was lost', async () => {
    await using server = await serverWith(onCreate('every', dropsBefore()), { flavour });

    const { outcome, attempts } = await askTurn(server, { stream });

    expect(outcome.failure).toMatchObject({
      code: 'CONNECTION_RESET',
      may_have_run: false,
      uncertain: false,
    });
    expect(attempts).toHaveLength(4);
    expect(server.counts.runs).toBe(0);
  });

  it('looks for a run of which nobody could tell, as long as the server is away', async () => {
    await using server = await serverWith(onCreate(1, dropsAfter()), { flavour });
    const runtime = manualRuntime();
    await using client = startClient(server, { runtime, stream, retries: 0 });
    const asked = client.ask(jobOf());
    await server.when(({ counts }) => counts.runs === 1);
    await server.goDown();
    await runtime.advance(60_000);
    await server.comeBack();

    const { outcome } = await pumped(runtime, asked);

    expect(outcome).toMatchObject({ outcome: 'success', response: 'echo: hi' });
    expect(server.counts.runs).toBe(1);
  });
});

describe('exactly-once, in the midst of a conversation', () => {
  it.each(accepted)('follows the run of a request that was %s', async (_what, fault) => {
    await using server = await serverWith(onCreate(2, fault));
    const runtime = manualRuntime();
    await using client = startClient(server, { runtime });

    const turns = await pumped(runtime, client.run(talkOf(['one', 'two'])));

    expect(turns.map(({ outcome }) => outcome.response)).toEqual(['echo: one', 'echo: two']);
    expect(server.counts.runs).toBe(2);
  });

  it.each(unaccepted)('asks on the same thread after a request that was %s', async (_what, fault) => {
    await using server = await serverWith(onCreate(2, fault));
    const runtime = manualRuntime();
    await using client = startClient(server, { runtime });

    const turns = await pumped(runtime, client.run(talkOf(['one', 'two', 'three'])));

    expect(turns.map(({ outcome }) => outcome.response)).toEqual(['echo: one', 'echo: two', 'echo: three']);
    expect(turns.map(({ outcome }) => outcome.messages.length)).toEqual([2, 2, 2]);
    expect(server.counts.runs).toBe(3);
    expect(server.threads.size).toBe(1);
  });

  it('says that it may have run, where a thread with earlier turns cannot be given up', async () => {
    await using server = await serverWith(onCreate([2, 3, 4, 5], dropsBefore()));
    const runtime = manualRuntime();
    await using client = startClient(server, { runtime });

    const [, second] = await pumped(runtime, client.run(talkOf(['one', 'two'])));

    expect(second?.outcome.failure).toMatchObject({
      code: 'CONNECTION_RESET',
      may_have_run: true,
      uncertain: true,
    });
  });

  it('ends the conversation where its thread is gone', async () => {
    let url = '';
    const lost: Fault = async ({ request, socket }) => {
      await fetch(`${url}/threads/${request.threadId}`, { method: 'DELETE' });
      socket.destroy();
    };
    await using server = await serverWith(onCreate(2, lost));
    url = server.url;
    const runtime = manualRuntime();
    await using client = startClient(server, { runtime });

    const [, second] = await pumped(runtime, client.run(talkOf(['one', 'two'])));

    expect(second?.outcome.failure).toMatchObject({
      code: 'THREAD_GONE',
      may_have_run: true,
      uncertain: true,
    });
    expect(server.counts.runs).toBe(1);
  });
});

describe('message ids', () => {
  it('are the same at every try', async () => {
    await using server = await serverWith(onCreate([1, 2], dropsBefore()));

    await askTurn(server);

    const inputs = server.requestsTo('POST /threads/{t}/runs/wait').map(({ body }) => JSON.stringify(body));
    expect(inputs).toHaveLength(3);
    expect(inputs.every((input) => input.includes('"id":"batch-1:e-1:1"'))).toBe(true);
  });
});

const attemptsOf = async (delivery: Delivery, fault: Fault, options: ClientOptions = {}) => {
  const server = await serverWith(onCreate(1, fault));
  const asked = await askTurn(server, { delivery, ...options });
  return { ...asked, server, [Symbol.asyncDispose]: () => server.close() };
};

describe('at-most-once', () => {
  const options: [string, ClientOptions][] = [
    ['threaded', {}],
    ['stateless', { mode: 'stateless' }],
  ];

  describe.each(options)('%s', (mode, options) => {
    it.each([...accepted, ...unaccepted])('never sends again what was %s', async (_what, fault) => {
      await using asked = await attemptsOf('at-most-once', fault, options);

      expect(asked.server.counts.creates).toBe(1);
      expect(asked.attempts).toHaveLength(1);
    });

    it.each(unaccepted)(`calls uncertain what was %s`, async (_what, fault) => {
      await using asked = await attemptsOf('at-most-once', fault, options);

      expect(asked.outcome.failure).toMatchObject({ may_have_run: true, uncertain: true });
    });

    it.each(refusals)('sends again what was %s', async (_what, fault) => {
      await using asked = await attemptsOf('at-most-once', fault, options);

      expect(asked.outcome.outcome).toBe('success');
      expect(asked.server.counts).toMatchObject({ creates: 2, runs: 1 });
      expect(asked.marks.filter((mark) => mark.startsWith('sent'))).toHaveLength(2);
    });

    if (mode === 'threaded')
      it.each(accepted)('looks at the thread for the run of what was %s', async (_what, fault) => {
        await using asked = await attemptsOf('at-most-once', fault, options);

        expect(asked.outcome).toMatchObject({ outcome: 'success', response: 'echo: hi' });
      });
  });
});

describe('at-least-once', () => {
  it.each([...unaccepted, ...refusals])('sends again without a thread what was %s', async (_what, fault) => {
    await using asked = await attemptsOf('at-least-once', fault, { mode: 'stateless' });

    expect(asked.outcome.outcome).toBe('success');
    expect(asked.server.counts).toMatchObject({ creates: 2, runs: 1 });
  });

  it.each([...accepted, ['cut short', cutsChunked(20)] as [string, Fault]])(
    'sends again without a thread what was %s, which runs twice',
    async (_what, fault) => {
      await using asked = await attemptsOf('at-least-once', fault, { mode: 'stateless' });

      expect(asked.outcome.outcome).toBe('success');
      expect(asked.server.counts).toMatchObject({ creates: 2, runs: 2 });
    },
  );

  it.each(accepted)('follows a run on the thread all the same: %s', async (_what, fault) => {
    await using asked = await attemptsOf('at-least-once', fault);

    expect(asked.outcome.outcome).toBe('success');
    expect(asked.server.counts).toMatchObject({ creates: 1, runs: 1 });
  });

  it.each(unaccepted)('sends again on the same thread what was %s', async (_what, fault) => {
    await using asked = await attemptsOf('at-least-once', fault);

    expect(asked.outcome.outcome).toBe('success');
    expect(asked.marks).toEqual(['made 0']);
  });

  it('says that it may have run where any try may have', async () => {
    await using server = await startAgentServer({
      faults: [onCreate(1, cutsStreamAfter(1)), onCreate([2, 3, 4], status(429))],
    });

    const { outcome } = await askTurn(server, { delivery: 'at-least-once', mode: 'stateless', stream: true });

    expect(outcome.failure).toMatchObject({ code: 'HTTP_429', may_have_run: true, uncertain: true });
  });
});
