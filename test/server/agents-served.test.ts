import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalServer, startLocalServer } from '../../src/server/start.ts';
import type { JsonObject } from '../../src/types.ts';
import { clientOf, lastText, messagesOf, toolCallsOf } from './client.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temporary.ts';

let directory: TemporaryDirectory;
let server: LocalServer;
let client: ReturnType<typeof clientOf>;
let witnessFile: string;

beforeAll(async () => {
  directory = await temporaryDirectory();
  witnessFile = join(directory.path, 'witness.jsonl');
  const env = { THREADMILL_WITNESS: witnessFile };
  server = await startLocalServer({ stateDir: join(directory.path, 'state'), workers: 10, env });
  client = clientOf(server.url);
});
afterAll(async () => {
  await server.stop();
  await directory[Symbol.asyncDispose]();
});

it('every agent can be asked for by its name', async () => {
  const found = await Promise.all(server.agents.map((agent) => client.send('GET', `/assistants/${agent}`)));

  expect(server.agents).toEqual(['assistant', 'echo', 'tools', 'approve', 'slow', 'flaky', 'extract']);
  expect(found.map((assistant) => assistant['graph_id'])).toEqual(server.agents);
});

describe.concurrent('served', () => {
  it.each([
    ['echo', ' as it is ', ' as it is '],
    ['assistant', 'What is 12 * 7?', '12 * 7 = 84'],
    ['tools', 'count these words', '3 words and 15 letters make 18.'],
    ['slow', 'wait 20 ms', 'Waited 20 ms.'],
    ['flaky', 'Do this', 'Done: Do this'],
  ])('%s answers', async (agent, text, expected) => {
    const state = await client.say(await client.newThread(), agent, text);

    expect(lastText(state)).toBe(expected);
  });

  it('extract takes and gives no messages', async () => {
    const question = 'Where is order 77?';

    const state = await client.run(await client.newThread(), 'extract', { input: { question } });

    expect(state).toEqual({ question, answer: '77', score: 1 });
  });

  it('assistant remembers earlier turns of the thread', async () => {
    const thread = await client.newThread();
    await client.say(thread, 'assistant', 'My name is Ada.');

    const state = await client.say(thread, 'assistant', 'Hello');

    expect(lastText(state)).toBe('Hello, Ada! How can I help?');
  });

  it('assistant streams its words, and comes to the same', async () => {
    const response = await fetch(`${server.url}/runs/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        assistant_id: 'assistant',
        input: { messages: [{ role: 'user', content: 'What is 12 * 7?' }] },
        stream_mode: ['values', 'messages-tuple'],
      }),
    });

    const events = (await response.text()).split('\n\n').map((frame) => ({
      event: /^event: (.*)$/m.exec(frame)?.[1],
      data: JSON.parse(/^data: (.*)$/m.exec(frame)?.[1] ?? 'null'),
    }));
    const chunks = events.filter(({ event }) => event === 'messages').map(({ data }) => data[0]);
    const words = chunks.filter(({ type, content }) => type === 'ai' && content !== '');
    const state = events.findLast(({ event }) => event === 'values')?.data;
    expect(words.map(({ content }) => content)).toEqual(['12 ', '* ', '7 ', '= ', '84']);
    expect(lastText(state)).toBe('12 * 7 = 84');
    expect(messagesOf(state).map((message) => message.type)).toEqual(['human', 'ai', 'tool', 'ai']);
    expect(toolCallsOf(state)[1]).toMatchObject([{ name: 'calculator', args: { expression: '12 * 7' } }]);
    expect(messagesOf(state).at(-1)?.usage_metadata).toMatchObject({ output_tokens: 5 });
  });

  it('slow ends at once when its run is cancelled', async () => {
    const thread = await client.newThread();
    const input = { messages: [{ role: 'user', content: '600000' }] };
    const { run_id } = await client.send('POST', `/threads/${thread}/runs`, { assistant_id: 'slow', input });

    await fetch(`${server.url}/threads/${thread}/runs/${run_id}/cancel?wait=true`, { method: 'POST' });

    const run = await client.send('GET', `/threads/${thread}/runs/${run_id}`);
    expect(run['status']).toBe('interrupted');
  });

  it('each execution of a node leaves a line where a witness is wanted', async () => {
    const thread = await client.newThread();
    const example = randomUUID();

    await client.say(thread, 'tools', 'hello', { metadata: { threadmill_example: example } });

    const lines = (await readFile(witnessFile, 'utf8')).split('\n').filter((line) => line.includes(example));
    const nodes = ['think', 'tools', 'think', 'tools', 'think'];
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      nodes.map((node) => ({ agent: 'tools', node, thread_id: thread, run_id: expect.any(String), example })),
    );
  });
});

describe.concurrent('approve', () => {
  const ask = async (text: string) => {
    const thread = await client.newThread();
    const paused = await client.say(thread, 'approve', text);
    return {
      paused,
      resume: (resume: JsonObject | boolean) => client.run(thread, 'approve', { command: { resume } }),
    };
  };
  const decide = (...decisions: JsonObject[]) => ({ decisions });

  it('asks a human in LangChain’s shape, all actions in one interrupt', async () => {
    const { paused } = await ask('Refund order 1001 and cancel order 1002.');

    const allowed_decisions = ['approve', 'edit', 'reject'];
    const value = {
      action_requests: [
        { name: 'refund_order', args: { order: '1001' }, description: 'May I do this: refund order 1001?' },
        { name: 'cancel_order', args: { order: '1002' }, description: 'May I do this: cancel order 1002?' },
      ],
      review_configs: [
        { action_name: 'refund_order', allowed_decisions },
        { action_name: 'cancel_order', allowed_decisions },
      ],
    };
    expect(paused['__interrupt__']).toEqual([{ id: expect.any(String), value }]);
  });

  it.each([
    ['approve', decide({ type: 'approve' }), 'Done: refund order 1001.'],
    ['true', true, 'Done: refund order 1001.'],
    ['false', false, 'Not done: refund order 1001.'],
    ['reject', decide({ type: 'reject' }), 'Not done: refund order 1001.'],
    [
      'a reason',
      decide({ type: 'reject', message: 'too late' }),
      'Not done: refund order 1001, because: too late.',
    ],
    [
      'edit',
      decide({ type: 'edit', edited_action: { name: 'refund_order', args: { order: '1004' } } }),
      'Done: refund order 1004.',
    ],
  ])('goes on with %s', async (_decision, decision, expected) => {
    const { resume } = await ask('Please refund order 1001');

    const state = await resume(decision);

    expect(lastText(state)).toBe(expected);
    expect(messagesOf(state).map((message) => message.type)).toEqual(['human', 'ai', 'tool', 'ai']);
  });

  it('fails on decisions that are not one for each action', async () => {
    const { resume } = await ask('Please refund order 1001');

    const state = await resume(decide());

    expect(JSON.stringify(state['__error__'])).toContain('one decision for each of 1');
  });
});
