/** Proves what `local-flavour.test.ts` cannot: every reply, every option, and what a test may look at. */

import { describe, expect, it } from 'vitest';
import {
  adds,
  after,
  breakpoint,
  cancelledHalfway,
  emptyResult,
  outputs,
  type ScriptedAgent,
  says,
  startAgentServer,
  timesOut,
  until,
} from './agent-server.ts';
import { contents, human, jsonOf, newThread, post, question, turn } from './asking.ts';
import { field, listOf, objectOf } from './compared.ts';
import { gate } from './gate.ts';

describe('a scripted agent', () => {
  it('is asked with the prompt, the messages, the metadata and how often it was asked this', async () => {
    const asked: unknown[] = [];
    await using server = await startAgentServer({
      agent: ({ prompt, messages, metadata, attempt }) => {
        asked.push([prompt, messages.length, metadata['threadmill_trial'], attempt]);
        return says('yes');
      },
    });

    await turn(server, { ...question, metadata: { threadmill_trial: 1 } });
    await turn(server, { ...question, metadata: { threadmill_trial: 2 } });

    expect(asked).toEqual([
      ['hi', 1, 1, 1],
      ['hi', 1, 2, 2],
    ]);
  });

  it('says a text with usage, after its tool calls and their results', async () => {
    const toolCalls = [{ name: 'add', args: { a: 2 }, result: '4' }];
    const agent: ScriptedAgent = () => says('four', { toolCalls, usage: { input: 3, output: 1 } });
    await using server = await startAgentServer({ agent });

    const { answer } = await turn(server);

    const [, call, result, last] = listOf(objectOf(answer)['messages']);
    expect(call).toMatchObject({ type: 'ai', tool_calls: [{ name: 'add', args: { a: 2 }, id: 'call_1' }] });
    expect(result).toMatchObject({ type: 'tool', tool_call_id: 'call_1', name: 'add', content: '4' });
    expect(last).toMatchObject({
      type: 'ai',
      content: 'four',
      usage_metadata: { input_tokens: 3, output_tokens: 1, total_tokens: 4 },
    });
  });

  it('says blocks, adds messages as they are, and puts out values', async () => {
    const blocks = [{ type: 'text', text: 'a', index: 0 }];
    const replies = [
      says('a', { blocks }),
      adds([{ type: 'ai', content: 'x', id: 'a1' }]),
      outputs({ n: 1 }),
    ];
    await using server = await startAgentServer({ agent: ({ attempt }) => replies[attempt - 1] ?? says('') });

    const seen = [await turn(server), await turn(server), await turn(server)];

    expect(contents(seen[0]?.answer)).toEqual(['hi', blocks]);
    expect(objectOf(seen[1]?.answer)['messages']).toContainEqual(expect.objectContaining({ id: 'a1' }));
    expect(objectOf(seen[2]?.answer)['n']).toBe(1);
  });

  it.for([
    ['cancelledHalfway', cancelledHalfway(), { run: 'interrupted', thread: 'idle', next: ['agent'] }],
    ['timesOut', timesOut(), { run: 'timeout', thread: 'error', next: ['agent'] }],
  ] as const)('%s answers 200 with the values so far and no mark', async ([, reply, state]) => {
    await using server = await startAgentServer({ agent: () => reply });

    const seen = await turn(server);

    expect(contents(seen.answer)).toEqual(['hi']);
    expect(Object.keys(objectOf(seen.answer))).toEqual(['messages']);
    expect(seen).toMatchObject(state);
  });

  it.for([
    ['null', null],
    ['{}', {}],
  ] as const)('may succeed with the result %s', async ([, body]) => {
    await using server = await startAgentServer({ agent: () => emptyResult(body) });

    const seen = await turn(server);

    expect(seen).toMatchObject({ answer: body, run: 'success', thread: 'idle' });
  });

  it('pauses at a breakpoint with an empty list', async () => {
    await using server = await startAgentServer({ agent: () => breakpoint() });

    const seen = await turn(server);

    expect(seen).toMatchObject({ answer: { __interrupt__: [] }, run: 'success', thread: 'interrupted' });
  });

  it('that throws is a graph that throws, and one that is a promise is waited for', async () => {
    const agent: ScriptedAgent = async ({ prompt }) => {
      if (prompt === 'hi') throw new RangeError('too far');
      return after(1, says('late'));
    };
    await using server = await startAgentServer({ flavour: 'deployed', agent });

    const thrown = await turn(server);
    const late = await turn(server, { ...question, input: human('other') });

    expect(thrown.answer).toEqual({ __error__: { error: 'RangeError', message: 'too far' } });
    expect(contents(late.answer)).toEqual(['other', 'late']);
  });

  it('is told when its run is cancelled', async () => {
    const signals: AbortSignal[] = [];
    await using server = await startAgentServer({
      agent: ({ signal }) => {
        signals.push(signal);
        return until(new Promise(() => {}), says('never'));
      },
    });
    const thread = await newThread(server);
    const first = post(`${thread}/runs/wait`);
    await server.when(() => signals.length === 1);

    const cancelled = await post(`${thread}/runs/${server.runs[0]?.run_id}/cancel?wait=true`, {});

    expect(cancelled.status).toBe(204);
    expect(contents(await jsonOf(first))).toEqual(['hi']);
    expect(signals.map((signal) => signal.aborted)).toEqual([true]);
  });
});

describe('an agent server', () => {
  it('may take a prefix, ask for a key, know UUIDs only, and not take thread ids', async () => {
    const thread_id = '3653f32f-a5c7-4982-a4a1-dcfe0e8e47eb';
    await using strict = await startAgentServer({
      prefix: '/a/b',
      apiKey: 'k',
      uuidOnly: true,
      threadIds: 'refused',
    });
    await using other = await startAgentServer({ threadIds: 'ignored' });
    const headers = { 'x-api-key': 'k' };
    const statusOf = async (url: string, init?: RequestInit) => (await fetch(url, init)).status;

    expect(await statusOf(`${strict.url}/assistants/agent`)).toBe(401);
    expect(await statusOf(`${strict.url}/info`)).toBe(200);
    expect(await statusOf(`${strict.url}/assistants/agent`, { headers })).toBe(422);
    expect(await statusOf(`${strict.url}/assistants/${strict.assistant.assistant_id}`, { headers })).toBe(
      200,
    );
    expect(await statusOf(`${strict.url.replace('/a/b', '')}/info`)).toBe(404);
    expect((await post(`${strict.url}/threads`, { thread_id }, { headers })).status).toBe(422);
    expect(field(await jsonOf(post(`${other.url}/threads`, { thread_id })), 'thread_id')).not.toBe(thread_id);
  });

  it('remembers requests and runs, and counts what is in flight and what is deleted too early', async () => {
    const answered = gate();
    await using server = await startAgentServer({ agent: () => until(answered.opened, says('done')) });
    const thread = await newThread(server);
    const all = [
      post(`${thread}/runs/wait`),
      post(`${server.url}/runs/wait`),
      post(`${server.url}/runs/stream`),
    ];
    await server.when(({ runs }) => runs.length === 3);

    await fetch(thread, { method: 'DELETE' });
    answered.open();
    await Promise.all(all.map(async (one) => (await one).text()));

    expect(server.requestsTo('POST /threads/{t}/runs/wait').map(({ body }) => body)).toEqual([question]);
    expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST', 'POST', 'DELETE']);
    expect(server.runs.every((run) => run.executed)).toBe(true);
    expect(server.counts).toMatchObject({ requests: 5, creates: 3, runs: 3, deletedWhileBusy: 1 });
    expect(server.maxInFlight).toBe(3);
  });

  it('goes down, comes back on the same port, and knows its threads still', async () => {
    await using server = await startAgentServer();
    const thread = await newThread(server);

    await server.goDown();
    const down = await fetch(thread).catch(({ cause }) => cause.code);
    await server.comeBack();

    expect(down).toBe('ECONNREFUSED');
    expect((await fetch(thread)).status).toBe(200);
  });

  it('closes at once, whatever hangs', async () => {
    const server = await startAgentServer({ agent: () => until(new Promise(() => {}), says('')) });
    const open = post(`${server.url}/runs/wait`).then((answer) => answer.text());
    await server.when(({ runs }) => runs.length === 1);
    const failed = expect(open).rejects.toThrow();

    await server.close();

    await failed;
  });
});
