/** What becomes of a job's thread once its records are durable. */

import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../src/contracts.ts';
import type { OutcomeName } from '../../src/types.ts';
import { intentOf } from '../made-intent.ts';
import {
  type AgentServer,
  dropsAfter,
  type FaultRule,
  hangsAfter,
  interrupts,
  onCreate,
  onRoute,
  type Reply,
  says,
  startAgentServer,
  status,
  throwsError,
  until,
} from '../support/agent-server.ts';
import { manualRuntime } from '../support/manual-runtime.ts';
import { type Client, type ClientOptions, jobOf, startClient, talkOf } from './client.ts';
import { pumped } from './pumped.ts';

const never = new Promise<never>(() => {});
const asks = interrupts([{ id: 'i', value: 'ok?' }]);
const policies = ['auto', 'keep', 'delete'] as const;

const cases: [string, Reply, readonly boolean[]][] = [
  ['a success', says('yes'), [true, false, true]],
  ['an error of the agent', throwsError('Error', 'no'), [false, false, true]],
  ['a run that waits for a human', asks, [false, false, false]],
];

async function closed(server: AgentServer, options: ClientOptions, inputs: string[] = []) {
  const runtime = manualRuntime();
  await using client = startClient(server, { runtime, ...options });
  const job = inputs.length === 0 ? jobOf() : talkOf(inputs);
  const conversation = client.open(job);
  const outcomes: OutcomeName[] = [];
  for (const turn of job.turns) {
    const { outcome } = await pumped(runtime, client.askTurn(conversation, turn));
    outcomes.push(outcome.outcome);
    if (outcome.outcome !== 'success') break;
  }
  const isDone = await pumped(runtime, conversation.close(outcomes));
  return { isDone, outcomes, marks: client.intents.map(({ mark }) => mark) };
}

/** A conversation whose only turn has been asked. */
async function askedOnce(client: Client): Promise<Conversation> {
  const job = jobOf();
  const conversation = client.open(job);
  for (const turn of job.turns) await client.askTurn(conversation, turn);
  return conversation;
}

describe.each(cases)('the thread of %s', (_, reply, deleted) => {
  it.each(policies.map((threads, at) => [threads, deleted[at]] as const))(
    'with --threads %s is deleted: %s',
    async (threads, isDeleted) => {
      await using server = await startAgentServer({ agent: () => reply });

      const { isDone, marks } = await closed(server, { threads });

      expect(isDone).toBe(true);
      expect(server.threads.size).toBe(isDeleted ? 0 : 1);
      expect(marks.at(-1)).toBe('closed');
      expect(server.counts.deletedWhileBusy).toBe(0);
    },
  );
});

describe('the thread of a conversation', () => {
  it.each([
    ['auto', 1],
    ['keep', 1],
    ['delete', 0],
  ] as const)('with --threads %s is kept: %i', async (threads, kept) => {
    await using server = await startAgentServer();

    await closed(server, { threads }, ['one', 'two']);

    expect(server.threads.size).toBe(kept);
  });

  it('of one turn is kept as well', async () => {
    await using server = await startAgentServer();

    await closed(server, { threads: 'auto' }, ['one']);

    expect(server.threads.size).toBe(1);
  });
});

describe('a thread', () => {
  it('that is busy is never deleted, and left to a later start', async () => {
    const stuck = onRoute('POST /threads/{t}/runs/{r}/cancel', 'every', status(503));
    await using server = await startAgentServer({ agent: () => until(never, says('')), faults: stuck });

    const { isDone, outcomes, marks } = await closed(server, { threads: 'delete', timeoutMs: 5_000 });

    expect(outcomes).toEqual(['error']);
    expect(isDone).toBe(false);
    expect(marks).toEqual(['made']);
    expect(server.counts.deletedWhileBusy).toBe(0);
    expect(server.threads.size).toBe(1);
  });

  it('whose run waits for a human, which nobody had seen, is kept', async () => {
    const faults: FaultRule[] = [
      onCreate(1, hangsAfter()),
      onRoute('GET /threads/{t}/runs', 'every', status(503)),
    ];
    await using server = await startAgentServer({ agent: () => asks, faults });

    const { outcomes, isDone } = await closed(server, { threads: 'delete', timeoutMs: 90_000 });

    expect(outcomes).toEqual(['error']);
    expect(isDone).toBe(true);
    expect(server.threads.size).toBe(1);
  });

  it('that cannot be deleted just now is left to a later try, which may be made', async () => {
    await using server = await startAgentServer({ faults: onRoute('DELETE /threads/{t}', 1, dropsAfter()) });
    await using client = startClient(server);
    const conversation = await askedOnce(client);

    const tries = [await conversation.close(['success']), await conversation.close(['success'])];

    expect(tries).toEqual([false, true]);
    expect(server.threads.size).toBe(0);
  });

  it('that somebody else has deleted is done with', async () => {
    await using server = await startAgentServer();
    await using client = startClient(server);
    const conversation = await askedOnce(client);
    const [thread] = server.threads.keys();
    await fetch(`${server.url}/threads/${thread}`, { method: 'DELETE' });

    expect(await conversation.close(['success'])).toBe(true);
  });

  it('of a job that has all its records is deleted by a later start, which asks nothing', async () => {
    await using server = await startAgentServer();
    await using earlier = startClient(server);
    await earlier.ask(jobOf());
    await using later = startClient(server);
    const intent = intentOf({ thread_id: [...server.threads.keys()][0] ?? null });

    const isDone = await later.open(jobOf('hi', { intent })).close(['success']);

    expect(isDone).toBe(true);
    expect(server.threads.size).toBe(0);
    expect(server.counts.creates).toBe(1);
  });

  it('was never made of a job that never came so far: nothing is to be done', async () => {
    await using server = await startAgentServer();
    await using client = startClient(server);

    const isDone = await client.open(jobOf()).close(['error']);

    expect(isDone).toBe(true);
    expect(server.requests).toEqual([]);
  });

  it('is done with though its mark cannot be written', async () => {
    await using server = await startAgentServer();
    await using client = startClient(server, {
      onIntent: ({ mark }) => {
        if (mark === 'closed') throw new Error('disk full');
      },
    });

    const [turn] = await client.run(jobOf());

    expect(turn?.outcome.outcome).toBe('success');
    expect(server.threads.size).toBe(0);
  });
});

describe('a job without a thread', () => {
  it('is closed under at-most-once, so that a later start forgets it', async () => {
    await using server = await startAgentServer();
    await using client = startClient(server, { mode: 'stateless' });

    await client.run(jobOf());

    expect(client.intents.map(({ mark }) => mark)).toEqual(['sent', 'closed']);
  });

  it('notes nothing under at-least-once', async () => {
    await using server = await startAgentServer();
    await using client = startClient(server, { mode: 'stateless', delivery: 'at-least-once' });

    await client.run(jobOf());

    expect(client.intents).toEqual([]);
  });
});
