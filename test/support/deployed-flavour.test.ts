/** What the scripted Agent Server does otherwise as a deployment. */

import { describe, expect, it } from 'vitest';
import {
  interrupts,
  type ScriptedAgent,
  says,
  startAgentServer,
  throwsError,
  until,
} from './agent-server.ts';
import { contents, human, jsonOf, newThread, post, question, turn } from './asking.ts';
import { listOf, objectOf } from './compared.ts';
import { gate } from './gate.ts';

describe('a deployed agent server', () => {
  const deployed = (agent?: ScriptedAgent) => startAgentServer({ flavour: 'deployed', agent });

  it('answers a turn as JSON, with the run in Content-Location and the join in Location', async () => {
    await using server = await deployed();
    const thread = await newThread(server);

    const answer = await post(`${thread}/runs/wait`);

    expect(contents(await jsonOf(answer))).toEqual(['hi', 'echo: hi']);
    expect(answer.headers.get('content-type')).toBe('application/json');
    const path = new URL(thread).pathname;
    expect(answer.headers.get('content-location')).toBe(`${path}/runs/${server.runs[0]?.run_id}`);
    expect(answer.headers.get('location')).toBe(`${path}/runs/${server.runs[0]?.run_id}/join`);
  });

  it('names the thread of a stateless run, and forgets both once it has ended', async () => {
    await using server = await deployed();

    const answer = await post(`${server.url}/runs/wait`);
    await answer.text();

    const [run] = server.runs;
    expect(answer.headers.get('content-location')).toBe(`/threads/${run?.thread_id}/runs/${run?.run_id}`);
    expect((await fetch(`${server.url}/threads/${run?.thread_id}`)).status).toBe(404);
  });

  it('tells an error plainly, and again to who joins', async () => {
    await using server = await deployed(() => throwsError('TypeError', 'boom'));

    const seen = await turn(server);

    expect(seen.answer).toEqual({ __error__: { error: 'TypeError', message: 'boom' } });
    expect(seen).toMatchObject({ run: 'error', thread: 'error', join: seen.answer });
  });

  it('tells an interrupt, again to who joins, with the state where it is asked to', async () => {
    await using server = await deployed(() =>
      interrupts([{ id: 'q', value: 'may I?' }], {
        withMessages: true,
        adds: [{ type: 'ai', content: 'hm' }],
      }),
    );

    const seen = await turn(server);

    expect(contents(seen.answer)).toEqual(['hi', 'hm']);
    expect(objectOf(seen.answer)['__interrupt__']).toEqual([{ id: 'q', value: 'may I?' }]);
    expect(seen).toMatchObject({ run: 'success', thread: 'interrupted', join: seen.answer });
    expect(contents(seen.values)).toEqual(['hi', 'hm']);
  });

  it.for([
    ['a missing thread', 'POST', '/threads/3653f32f-a5c7-4982-a4a1-dcfe0e8e47eb/runs/wait', question, 404],
    ['an id that is no UUID', 'GET', '/threads/x', undefined, 422],
    ['an unknown assistant', 'POST', '/runs/wait', { assistant_id: 'nope' }, 404],
    ['a graph name where a UUID belongs', 'GET', '/assistants/agent', undefined, 422],
    ['a missing run', 'GET', '/threads/3653f32f-a5c7-4982-a4a1-dcfe0e8e47eb/runs', undefined, 404],
  ] as const)('refuses %s with a detail', async ([, method, path, body, code]) => {
    await using server = await deployed();

    const answer = await fetch(server.url + path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

    expect(answer.status).toBe(code);
    expect(await jsonOf(answer)).toEqual({ detail: expect.any(String) });
  });

  it('refuses a second run with 409, takes it by default, and lists the newest first', async () => {
    const answered = gate();
    await using server = await deployed(() => until(answered.opened, says('done')));
    const thread = await newThread(server);
    const first = post(`${thread}/runs/wait`);
    await server.when(({ runs }) => runs.length === 1);

    const refused = await post(`${thread}/runs/wait`);
    const second = post(`${thread}/runs/wait`, { assistant_id: 'agent', input: human('more') });
    await server.when(({ runs }) => runs.length === 2);
    const waiting = listOf(await jsonOf(fetch(`${thread}/runs`)));
    answered.open();

    expect(refused.status).toBe(409);
    expect(waiting.map((run) => run['status'])).toEqual(['pending', 'running']);
    expect(contents(await jsonOf(first))).toEqual(['hi', 'done']);
    expect(contents(await jsonOf(second))).toEqual(['more', 'done', 'done']);
  });

  it("answers a joiner before the end with headers, newlines and the run's own end", async () => {
    const answered = gate();
    await using server = await startAgentServer({
      flavour: 'deployed',
      heartbeatMs: 5,
      agent: () => until(answered.opened, throwsError('Error', 'late')),
    });
    const thread = await newThread(server);
    const first = post(`${thread}/runs/wait`);
    await server.when(({ runs }) => runs.length === 1);

    const join = await fetch(`${thread}/runs/${server.runs[0]?.run_id}/join`);
    answered.open();

    expect(await jsonOf(join)).toEqual({ __error__: { error: 'Error', message: 'late' } });
    expect(await jsonOf(first)).toEqual({ __error__: { error: 'Error', message: 'late' } });
  });

  it('refuses to cancel what has ended, and 404s the join of an unknown run', async () => {
    await using server = await deployed();
    const thread = await newThread(server);
    await (await post(`${thread}/runs/wait`)).text();

    const cancelled = await post(`${thread}/runs/${server.runs[0]?.run_id}/cancel`, {});
    const joined = await fetch(`${thread}/runs/3653f32f-a5c7-4982-a4a1-dcfe0e8e47eb/join`);

    expect([cancelled.status, joined.status]).toEqual([409, 404]);
  });

  it('cancels with a body where it is asked to wait', async () => {
    await using server = await deployed(() => until(new Promise(() => {}), says('never')));
    const thread = await newThread(server);
    const first = post(`${thread}/runs/wait`);
    await server.when(({ runs }) => runs.length === 1);

    const cancelled = await post(`${thread}/runs/${server.runs[0]?.run_id}/cancel?wait=true`, {});

    expect(cancelled.status).toBe(200);
    expect(contents(await jsonOf(first))).toEqual(['hi']);
  });
});
