/** What a later start does with what an earlier one noted and has no record of. */

import { describe, expect, it } from 'vitest';
import { threadId } from '../../src/agent/request.ts';
import type { Delivery, Intent, Job } from '../../src/types.ts';
import { intentOf } from '../made-intent.ts';
import {
  type AgentServer,
  dropsBefore,
  interrupts,
  onCreate,
  onRoute,
  says,
  startAgentServer,
  status,
  throwsError,
  until,
} from '../support/agent-server.ts';
import { gate } from '../support/gate.ts';
import { manualRuntime } from '../support/manual-runtime.ts';
import { type Client, type ClientOptions, jobOf, startClient, talkOf } from './client.ts';
import { pumped } from './pumped.ts';

const first = threadId('batch-1', jobOf(), 0);
const made = (fields: Partial<Intent> = {}) => intentOf({ thread_id: first, ...fields });
const deliveries = ['exactly-once', 'at-most-once', 'at-least-once'] as const;

/** The run still goes on when the start that asked for it dies. */
async function leftRunning(server: AgentServer, delivery: Delivery): Promise<void> {
  const runtime = manualRuntime();
  const abort = new AbortController();
  await using earlier = startClient(server, { runtime, delivery, signal: abort.signal });
  const asked = earlier.ask(jobOf());
  await server.when(({ runs }) => runs.at(-1)?.executed === true);
  abort.abort();
  await pumped(runtime, asked);
}

/** Somebody else asks `other` on the thread. */
async function foreignRun({ url, assistant }: AgentServer): Promise<void> {
  await fetch(`${url}/threads/${first}/runs/wait`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      assistant_id: assistant.assistant_id,
      input: { messages: [{ role: 'user', content: 'other' }] },
    }),
  });
}

async function goOn(server: AgentServer, intent: Intent, options: ClientOptions & { job?: Job } = {}) {
  const runtime = manualRuntime();
  await using client = startClient(server, { runtime, ...options });
  const attempted = await pumped(runtime, client.ask({ ...(options.job ?? jobOf()), intent }));
  return { ...attempted, marks: marksOf(client) };
}

const marksOf = ({ intents }: Client) => intents.map(({ mark, generation }) => `${mark} ${generation}`);

describe.each(deliveries)('under %s, a later start', (delivery) => {
  const mark = delivery === 'at-most-once' ? made({ mark: 'sent', turn: 1, attempt: 1 }) : made();

  it('takes the outcome of a run that has ended, and sends nothing', async () => {
    await using server = await startAgentServer();
    await using earlier = startClient(server, { delivery, threads: 'keep' });
    await earlier.ask(jobOf());

    const { outcome, attempts, marks } = await goOn(server, mark, { delivery });

    expect(outcome).toMatchObject({ outcome: 'success', response: 'echo: hi' });
    expect(attempts[0]?.run_id).toBe(server.runs[0]?.run_id);
    expect(server.counts.creates).toBe(1);
    expect(marks).toEqual([]);
  });

  it('joins a run that still goes on, and sends nothing', async () => {
    const run = gate();
    await using server = await startAgentServer({ agent: () => until(run.opened, says('late')) });
    await leftRunning(server, delivery);

    const asked = goOn(server, mark, { delivery });
    await server.when(({ requests }) => requests.some(({ route }) => route.endsWith('/join')));
    run.open();

    expect((await asked).outcome).toMatchObject({ outcome: 'success', response: 'late' });
    expect(server.counts).toMatchObject({ creates: 1, runs: 1 });
  });

  it('does not take the answer of a row that was edited since for the edited one’s', async () => {
    await using server = await startAgentServer();
    await using earlier = startClient(server, { delivery, threads: 'keep' });
    await earlier.ask(jobOf('before'));

    const { outcome, attempts } = await goOn(server, mark, { delivery, job: jobOf('after') });

    expect(outcome).toMatchObject({ outcome: 'error', response: null });
    expect(outcome.failure).toMatchObject({ code: 'EDITED_IN_FLIGHT', may_have_run: true, uncertain: false });
    expect(attempts[0]?.run_id).toBe(server.runs[0]?.run_id);
    expect(server.counts.creates).toBe(1);
  });

  it('takes the result of that run, whatever ran on the thread after it', async () => {
    await using server = await startAgentServer();
    await using earlier = startClient(server, { delivery, threads: 'keep' });
    await earlier.ask(jobOf());
    await foreignRun(server);

    const { outcome } = await goOn(server, mark, { delivery });

    expect(outcome).toMatchObject({ outcome: 'success', response: 'echo: hi' });
    expect(outcome.messages).toHaveLength(2);
  });

  it.each([
    ['waits for a human, though its own run did not', 'own', 'success'],
    ['does not wait, though its own run did', 'other', 'interrupted'],
  ] as const)('decides by that run alone where the thread %s', async (_, answered, ending) => {
    const asks = interrupts([{ id: 'i', value: 'ok?' }]);
    await using server = await startAgentServer({
      agent: ({ prompt }) => ((prompt === 'other') === (answered === 'other') ? says('yes') : asks),
    });
    await using earlier = startClient(server, { delivery, threads: 'keep' });
    await earlier.ask(jobOf());
    await foreignRun(server);

    const { outcome } = await goOn(server, mark, { delivery });

    expect(outcome.outcome).toBe(ending);
  });

  it('takes no run of another batch, trial or turn for its own', async () => {
    await using server = await startAgentServer();
    await using other = startClient(server, { batchId: 'batch-2', threads: 'keep' });
    await other.ask(jobOf());
    const foreign = server.runs[0]?.thread_id ?? null;

    const { outcome, attempts } = await goOn(server, { ...mark, thread_id: foreign }, { delivery });

    const ids = server.runs.map(({ run_id }) => run_id);
    expect(attempts.map(({ run_id }) => run_id)).not.toContain(ids[0]);
    expect(outcome.outcome).toBe(delivery === 'at-most-once' ? 'error' : 'success');
  });
});

describe('a thread that was made, and holds no run', () => {
  const empty = async (server: AgentServer) => {
    await fetch(`${server.url}/threads`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ thread_id: first }),
    });
  };

  it('is fenced off under exactly-once, and the turn asked on another', async () => {
    await using server = await startAgentServer();
    await empty(server);

    const { outcome, marks } = await goOn(server, made());

    expect(outcome.outcome).toBe('success');
    expect(marks).toEqual(['abandoned 0', 'made 1']);
    expect(server.threads.has(first)).toBe(false);
  });

  it('is used under at-most-once, where the turn was not noted as sent', async () => {
    await using server = await startAgentServer();
    await empty(server);

    const { outcome, marks } = await goOn(server, made(), { delivery: 'at-most-once' });

    expect(outcome.outcome).toBe('success');
    expect(marks).toEqual(['made 0', 'sent 0']);
  });

  it('is left under at-most-once, where the turn was noted as sent', async () => {
    await using server = await startAgentServer();
    await empty(server);

    const { outcome } = await goOn(server, made({ mark: 'sent', turn: 1, attempt: 1 }), {
      delivery: 'at-most-once',
    });

    expect(outcome.failure).toMatchObject({ code: 'LEFT_IN_FLIGHT', may_have_run: true, uncertain: true });
    expect(server.counts.creates).toBe(0);
  });

  it('is used again under at-least-once', async () => {
    await using server = await startAgentServer();
    await empty(server);

    const { outcome } = await goOn(server, made(), { delivery: 'at-least-once' });

    expect(outcome.outcome).toBe('success');
    expect(server.runs[0]?.thread_id).toBe(first);
  });
});

describe('a thread that was made, and is gone', () => {
  it('leaves the turn uncertain under exactly-once, and nothing is sent', async () => {
    await using server = await startAgentServer();

    const { outcome } = await goOn(server, made());

    expect(outcome.failure).toMatchObject({ code: 'THREAD_GONE', may_have_run: true, uncertain: true });
    expect(server.counts.creates).toBe(0);
  });

  it('is followed by another where the server was our own, and lost it when it ended', async () => {
    await using server = await startAgentServer();

    const { outcome, marks } = await goOn(server, made(), { isLocal: true });

    expect(outcome.outcome).toBe('success');
    expect(marks).toEqual(['abandoned 0', 'made 1']);
  });

  it.each([
    ['at-most-once, where the turn was not sent', 'at-most-once', made()],
    ['at-least-once', 'at-least-once', made()],
  ] as const)('is made again under %s', async (_, delivery, intent) => {
    await using server = await startAgentServer();

    const { outcome } = await goOn(server, intent, { delivery });

    expect(outcome.outcome).toBe('success');
    expect(server.counts.runs).toBe(1);
  });

  it('leaves the turn uncertain under at-most-once, where it was sent', async () => {
    await using server = await startAgentServer();

    const { outcome } = await goOn(server, made({ mark: 'sent', turn: 1, attempt: 2 }), {
      delivery: 'at-most-once',
    });

    expect(outcome.failure).toMatchObject({ may_have_run: true, uncertain: true });
    expect(server.counts.creates).toBe(0);
  });
});

describe('a thread that was given up', () => {
  it('is deleted once more before another is used, as the start may have died in between', async () => {
    await using server = await startAgentServer();
    await fetch(`${server.url}/threads`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ thread_id: first }),
    });

    const { outcome, marks } = await goOn(server, made({ mark: 'abandoned' }));

    expect(outcome.outcome).toBe('success');
    expect(marks).toEqual(['abandoned 0', 'made 1']);
    expect(server.threads.has(first)).toBe(false);
  });

  it('is none where an agent is only asked once more: noted is from where on a run may be found', async () => {
    let asked = 0;
    await using server = await startAgentServer({
      agent: () => {
        asked += 1;
        return asked === 1 ? throwsError('Error', 'once') : says('twice');
      },
      faults: onCreate(2, dropsBefore()),
    });
    const runtime = manualRuntime();
    await using client = startClient(server, { runtime, retryAgent: 'continue' });

    const { outcome } = await pumped(runtime, client.ask(jobOf()));

    expect(outcome.response).toBe('twice');
    const noted = client.intents.filter(({ way }) => way === 'continue');
    // The second request may yet arrive when the third is on its way.
    expect(noted.map(({ mark, attempt }) => `${mark} ${attempt}`)).toEqual(['made 2', 'made 2']);
  });

  it('is deleted as often as it takes, and no generation is lost by it', async () => {
    await using server = await startAgentServer({
      faults: onRoute('DELETE /threads/{t}', [1, 2], status(503)),
    });

    const { outcome, marks } = await goOn(server, made({ mark: 'abandoned', generation: 4 }));

    expect(outcome.outcome).toBe('success');
    expect(marks.at(-1)).toBe('made 5');
  });
});

describe('a later start that cannot look', () => {
  it('says that the turn may have run, though its own request was refused', async () => {
    await using server = await startAgentServer({
      faults: onRoute('GET /threads/{t}/runs', 'every', status(401)),
    });

    const { outcome } = await goOn(server, made());

    expect(outcome.failure).toMatchObject({ code: 'KEY_REFUSED', may_have_run: true, uncertain: true });
    expect(server.counts.creates).toBe(0);
  });

  it('looks until --timeout, then says what it saw last', async () => {
    await using server = await startAgentServer({
      faults: onRoute('GET /threads/{t}/runs', 'every', status(503)),
    });

    const { outcome, attempts } = await goOn(server, made(), { timeoutMs: 30_000 });

    expect(outcome.failure).toMatchObject({ code: 'TIMEOUT', may_have_run: true, uncertain: true });
    expect(attempts).toHaveLength(1);
    expect(server.counts.creates).toBe(0);
  });
});

describe('a later start without a thread', () => {
  const sent = made({ mark: 'sent', thread_id: null, attempt: 1 });

  it('never sends again under at-most-once what was noted as sent', async () => {
    await using server = await startAgentServer();

    const { outcome } = await goOn(server, sent, { mode: 'stateless' });

    expect(outcome.failure).toMatchObject({ code: 'LEFT_IN_FLIGHT', may_have_run: true, uncertain: true });
    expect(server.requests).toEqual([]);
  });

  it('sends again under at-least-once', async () => {
    await using server = await startAgentServer();

    const { outcome } = await goOn(server, sent, { mode: 'stateless', delivery: 'at-least-once' });

    expect(outcome.outcome).toBe('success');
  });
});

describe('a conversation that a later start goes on with', () => {
  const thread = threadId('batch-1', talkOf(['one']), 0);
  const intent = intentOf({ key: 'c-1', thread_id: thread });

  async function firstTurns(server: AgentServer, ...inputs: string[]): Promise<void> {
    await using earlier = startClient(server);
    await earlier.run(talkOf(inputs));
  }

  it('asks its next turn on the same thread, which remembers the earlier ones', async () => {
    await using server = await startAgentServer({
      agent: ({ messages }) => says(`${messages.length} messages`),
    });
    await firstTurns(server, 'one', 'two');
    await using client = startClient(server);

    const [third] = await client.run(talkOf(['one', 'two', 'three'], { recorded: 2, intent }));

    expect(third?.outcome).toMatchObject({ outcome: 'success', response: '5 messages' });
    expect(third?.outcome.messages).toHaveLength(2);
    expect(server.threads.size).toBe(1);
  });

  it('keeps its thread, though a note says that it was given up before its first turn was found', async () => {
    await using server = await startAgentServer();
    await using earlier = startClient(server);
    await earlier.run(talkOf(['one']));
    const intent = made({ key: 'c-1', mark: 'abandoned', thread_id: thread });
    await using client = startClient(server);

    const [second] = await client.run(talkOf(['one', 'two'], { recorded: 1, intent }));

    expect(second?.outcome.outcome).toBe('success');
    expect(second?.last.threadId).toBe(thread);
    expect(server.threads.get(thread)?.runs).toHaveLength(2);
  });

  it('joins the turn that was under way', async () => {
    await using server = await startAgentServer();
    await firstTurns(server, 'one', 'two');
    await using client = startClient(server);

    const [second] = await client.run(talkOf(['one', 'two'], { recorded: 1, intent }));

    expect(second?.outcome).toMatchObject({ outcome: 'success', response: 'echo: two' });
    expect(second?.outcome.messages).toHaveLength(2);
    expect(server.counts.runs).toBe(2);
  });

  it.each([
    ['is gone', 'DELETE', ''],
    ['was emptied', 'DELETE', '/runs'],
  ])('says so where its thread %s, and asks nothing without its memory', async (_, method, what) => {
    await using server = await startAgentServer();
    await firstTurns(server, 'one');
    const [run] = server.runs;
    const path = what === '' ? '' : `/runs/${run?.run_id}`;
    await fetch(`${server.url}/threads/${thread}${path}`, { method });
    await using client = startClient(server, { isLocal: true });

    const [second] = await client.run(talkOf(['one', 'two'], { recorded: 1, intent }));

    expect(second?.outcome.failure).toMatchObject({ code: 'THREAD_GONE', uncertain: true });
    expect(server.counts.runs).toBe(1);
  });

  it('finds its thread by itself where it was closed and rows were appended', async () => {
    await using server = await startAgentServer();
    await firstTurns(server, 'one');
    await using client = startClient(server);

    const [second] = await client.run(talkOf(['one', 'two'], { recorded: 1 }));

    expect(second?.outcome.response).toBe('echo: two');
    expect(server.threads.size).toBe(1);
  });

  it('sends nothing where its thread was closed and deleted, and is certain of that', async () => {
    await using server = await startAgentServer();
    await using client = startClient(server);

    const [second] = await client.run(talkOf(['one', 'two'], { recorded: 1 }));

    expect(second?.outcome.failure).toMatchObject({
      code: 'THREAD_GONE',
      may_have_run: false,
      uncertain: false,
    });
    expect(server.counts.creates).toBe(0);
  });

  it('knows for an input that is sent as it is what the earlier turns held', async () => {
    const object = { messages: [{ role: 'user', content: 'two' }] };
    await using server = await startAgentServer();
    await firstTurns(server, 'one');
    await using client = startClient(server);

    const [second] = await client.run(talkOf(['one', object], { recorded: 1, intent }));

    expect(second?.outcome).toMatchObject({ response: 'echo: two' });
    expect(second?.outcome.messages).toHaveLength(2);
  });
});

describe('intents', () => {
  it('are durable before the run is asked for, and the thread is closed last', async () => {
    await using server = await startAgentServer({ faults: onCreate(1, status(502)) });
    const seen: string[] = [];
    const runtime = manualRuntime();
    await using client = startClient(server, {
      runtime,
      onIntent: ({ mark }) => {
        seen.push(
          ...server.requests.slice(seen.filter((one) => one.includes('/')).length).map(({ route }) => route),
        );
        seen.push(mark);
      },
    });

    await pumped(runtime, client.run(jobOf()));

    const looks = Array.from({ length: 5 }, () => 'GET /threads/{t}/runs');
    expect(seen).toEqual([
      ...['POST /threads', 'made', 'POST /threads/{t}/runs/wait', ...looks, 'abandoned'],
      ...[
        'GET /threads/{t}/runs',
        'DELETE /threads/{t}',
        'POST /threads',
        'made',
        'POST /threads/{t}/runs/wait',
      ],
      ...['GET /threads/{t}/runs/{r}', 'GET /threads/{t}', 'DELETE /threads/{t}', 'closed'],
    ]);
  });

  it.each([
    ['made', {}],
    ['sent', { delivery: 'at-most-once' }],
    ['sent', { mode: 'stateless' }],
  ] as const)('of the mark %s are waited for (%j)', async (mark, options) => {
    const disk = gate();
    const noting = gate();
    await using server = await startAgentServer();
    await using client = startClient(server, {
      ...options,
      onIntent: (intent) => {
        if (intent.mark !== mark) return;
        noting.open();
        return disk.opened;
      },
    });

    const asked = client.ask(jobOf());
    await noting.opened;
    const before = server.counts.creates;
    disk.open();
    await asked;

    expect(before).toBe(0);
    expect(server.counts.creates).toBe(1);
  });

  it('that cannot be written end the batch before anything is sent', async () => {
    await using server = await startAgentServer();
    await using client = startClient(server, {
      onIntent: () => {
        throw new Error('disk full');
      },
    });

    await expect(client.ask(jobOf())).rejects.toThrow('disk full');
    expect(server.counts.creates).toBe(0);
  });

  it('name the attempt that sent', async () => {
    await using server = await startAgentServer({ faults: onCreate(1, status(429)) });
    await using client = startClient(server, { delivery: 'at-most-once' });

    await client.run(talkOf(['one', 'two']));

    const sent = client.intents.filter(({ mark }) => mark === 'sent');
    expect(sent.map(({ turn, attempt }) => [turn, attempt])).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
    ]);
  });
});
