/** Asking once more, on the real local Agent Server: an agent that fails, retries of a person, and kills between. */

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemRuntime } from '../../src/runtime.ts';
import type { Intent, Job, JobRecord } from '../../src/types.ts';
import { madeFailure, madeRecord } from '../reports/made-records.ts';
import { type LocalServer, startLocalServer } from '../support/local-server.ts';
import { type ClientOptions, jobOf, startClient, talkOf } from './client.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** On the graph that fails twice, in its second step. */
const clientOf = (options: ClientOptions) =>
  startClient(
    { url: server.url, assistant: { assistant_id: 'steps', graph_id: 'steps' } },
    { runtime: systemRuntime, batchId: randomUUID(), ...options },
  );

const bad = () => `bad ${randomUUID()}`;

async function threadsOf(
  batchId: string,
): Promise<{ readonly status: string; readonly thread_id: string }[]> {
  const answer = await fetch(`${server.url}/threads/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ metadata: { threadmill_batch: batchId }, limit: 100 }),
  });
  return (await answer.json()) as { status: string; thread_id: string }[];
}

async function runsOf(threadId: string): Promise<number> {
  const answer = await fetch(`${server.url}/threads/${threadId}/runs`);
  return ((await answer.json()) as unknown[]).length;
}

/** As a later start has it: a person wants the turn asked once more. */
function repeated(job: Job, replaces: Partial<JobRecord>): Job {
  const failed = madeRecord({ outcome: 'error', ...replaces });
  const skipped = madeRecord({ outcome: 'skipped', failure: madeFailure() });
  const first = job.turns.findIndex(({ recorded }) => recorded === null);
  const again = (at: number) => (at === first ? failed : skipped);
  const turns = job.turns.map((turn, at) =>
    at < first ? turn : { ...turn, revision: again(at).revision + 1, replaces: again(at) },
  );
  return { ...job, turns };
}

describe.concurrent('an agent that failed', () => {
  it('is not asked once more by itself', async () => {
    await using client = clientOf({});

    const { outcome, attempts } = await client.ask(jobOf(bad()));

    expect(outcome.failure).toMatchObject({ code: 'AGENT_ERROR', uncertain: false });
    expect(attempts).toHaveLength(1);
  });

  it('goes on from the step that failed, on the same thread', async () => {
    const prompt = bad();
    const batchId = randomUUID();
    await using client = clientOf({ batchId, threads: 'keep', retryAgent: 'continue' });

    const [attempted] = await client.run(jobOf(prompt));

    expect(attempted?.outcome).toMatchObject({ outcome: 'success', response: `${prompt}: 1 of 2` });
    expect(attempted?.outcome.messages).toHaveLength(3);
    expect(attempted?.attempts.map(({ failure }) => failure?.code ?? null)).toEqual([
      'AGENT_ERROR',
      'AGENT_ERROR',
      null,
    ]);
    const [thread, ...others] = await threadsOf(batchId);
    expect(others).toEqual([]);
    expect(await runsOf(thread?.thread_id ?? '')).toBe(3);
  });

  it('begins anew on another thread, and leaves none once it has succeeded', async () => {
    const prompt = bad();
    const batchId = randomUUID();
    await using client = clientOf({ batchId, retryAgent: 'fresh' });

    const [attempted] = await client.run(jobOf(prompt));

    expect(attempted?.outcome).toMatchObject({ outcome: 'success', response: `${prompt}: 1 of 2` });
    expect(new Set(client.intents.map(({ thread_id: id }) => id)).size).toBe(3);
    expect(await threadsOf(batchId)).toEqual([]);
  });

  it('keeps every thread where it never succeeds', async () => {
    const batchId = randomUUID();
    await using client = clientOf({ batchId, retryAgent: 'fresh', retries: 1 });

    const [attempted] = await client.run(jobOf(bad()));

    expect(attempted?.outcome.failure).toMatchObject({ code: 'AGENT_ERROR', may_have_run: true });
    expect(await threadsOf(batchId)).toHaveLength(2);
  });

  it.each(['continue', 'fresh'] as const)('in the midst of a conversation: %s', async (retryAgent) => {
    const prompt = bad();
    await using client = clientOf({ retryAgent });

    const turns = await client.run(talkOf(['one', prompt, 'three']));

    // Each turn has its step once, and nothing of a failed try is in the history.
    expect(turns.map(({ outcome }) => outcome.response)).toEqual([
      'one: 1 of 2',
      `${prompt}: 1 of 5`,
      'three: 1 of 8',
    ]);
    expect(turns.map(({ outcome }) => outcome.messages.length)).toEqual([3, 3, 3]);
  });

  it('is asked once more without a thread', async () => {
    const prompt = bad();
    await using client = clientOf({ mode: 'stateless', retryAgent: 'fresh' });

    const { outcome, attempts } = await client.ask(jobOf(prompt));

    expect(outcome.response).toBe(`${prompt}: 1 of 2`);
    expect(attempts).toHaveLength(3);
  });

  it('is found by a later start where an earlier one was killed', async () => {
    const prompt = bad();
    const batchId = randomUUID();
    const killed = new AbortController();
    let noted: Intent | null = null;
    await using earlier = clientOf({
      batchId,
      retryAgent: 'continue',
      signal: killed.signal,
      onIntent: (intent) => {
        noted = intent;
        if (intent.way === 'continue' && intent.attempt === 3) killed.abort();
      },
    });
    await earlier.ask(jobOf(prompt));
    await using later = clientOf({ batchId, retryAgent: 'continue' });

    const { outcome } = await later.ask(jobOf(prompt, { intent: noted }));

    expect(outcome).toMatchObject({ outcome: 'success', response: `${prompt}: 1 of 2` });
    const [thread] = await threadsOf(batchId);
    expect(await runsOf(thread?.thread_id ?? '')).toBe(3);
  });
});

describe.concurrent('a turn that a person wants asked once more', () => {
  const failure = madeFailure({ kind: 'agent', code: 'AGENT_ERROR', uncertain: false });

  it('begins anew, and its attempts follow the earlier ones', async () => {
    const prompt = bad();
    const batchId = randomUUID();
    await using client = clientOf({ batchId, retries: 0 });
    const first = await client.ask(jobOf(prompt));
    const record = { failure, attempts: [...first.attempts], thread_id: first.last.threadId };

    const second = await client.ask(repeated(jobOf(prompt), record));

    expect(second.attempts.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(second.last.threadId).not.toBe(first.last.threadId);
    expect(await threadsOf(batchId)).toHaveLength(2);
  });

  it('goes on in the midst of its conversation, from the state before it', async () => {
    const prompt = bad();
    const batchId = randomUUID();
    await using client = clientOf({ batchId });
    await client.run(talkOf(['one', prompt, 'three']));
    const [{ thread_id: id } = { thread_id: '' }] = await threadsOf(batchId);
    const job = talkOf(['one', prompt, 'three'], { recorded: 1 });

    const second = await client.run(repeated(job, { failure, thread_id: id, turn: 2 }));
    const third = await client.run(repeated(job, { failure, thread_id: id, turn: 2, revision: 2 }));

    expect(second.map(({ outcome }) => outcome.outcome)).toEqual(['error']);
    expect(third.map(({ outcome }) => outcome.response)).toEqual([`${prompt}: 1 of 5`, 'three: 1 of 8']);
  });

  it('is not asked where its run ended well since', async () => {
    const batchId = randomUUID();
    await using client = clientOf({ batchId, threads: 'keep' });
    const first = await client.ask(jobOf('good'));
    const record = { failure: { ...failure, uncertain: true }, thread_id: first.last.threadId };

    const second = await client.ask(repeated(jobOf('good'), record));

    expect(second.outcome).toMatchObject({ outcome: 'success', response: 'good: 1 of 2' });
    expect(second.last.runId).toBe(first.last.runId);
    expect(await runsOf(first.last.threadId ?? '')).toBe(1);
  });

  it('is not sent into an empty thread where its conversation is gone', async () => {
    await using client = clientOf({});
    const job = repeated(talkOf(['one', 'two'], { recorded: 1 }), { failure, thread_id: randomUUID() });

    const [turn] = await client.run(job);

    expect(turn?.outcome.failure).toMatchObject({ code: 'THREAD_GONE', may_have_run: false });
  });
});
