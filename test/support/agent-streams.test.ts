/** Streams of the scripted Agent Server: as they should be, and cut, stalled or incomplete. */

import { describe, expect, it } from 'vitest';
import {
  cutsStreamAfter,
  type Fault,
  onCreate,
  type ScriptedAgent,
  says,
  stallsStreamAfter,
  startAgentServer,
  streams,
  streamWithEnd,
  streamWithoutValue,
  until,
} from './agent-server.ts';
import { codeOf, eventsOf, jsonOf, newThread, post, question } from './asking.ts';
import { listOf, objectOf } from './compared.ts';
import { gate } from './gate.ts';

describe('a stream', () => {
  const body = { ...question, stream_mode: ['values', 'messages-tuple'] };

  it('has one event a token, usage with the last, in lines that end in CRLF on a deployment', async () => {
    const agent: ScriptedAgent = () => streams(['He', 'llo'], { usage: { input: 1, output: 2 } });
    await using server = await startAgentServer({ flavour: 'deployed', agent });

    const answer = await post(`${await newThread(server)}/runs/stream`, body);
    const text = await answer.text();

    expect(eventsOf(text)).toEqual(['metadata', 'values', 'messages', 'messages', 'values']);
    const chunks = [...text.matchAll(/^event: messages\r\ndata: (.*)\r\n\r\n/gm)].map(([, data]) =>
      objectOf(JSON.parse(data ?? '')[0]),
    );
    expect(chunks.map((chunk) => chunk['content'])).toEqual(['He', 'llo']);
    expect(chunks.map((chunk) => 'usage_metadata' in chunk)).toEqual([false, true]);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(answer.headers.get('location')).toMatch(/\/runs\/[^/]+\/stream$/);
  });

  it('shows signs of life: comments on a deployment, newlines of a wait', async () => {
    const answered = gate();
    const agent: ScriptedAgent = () => until(answered.opened, says('done'));
    await using server = await startAgentServer({ flavour: 'deployed', heartbeatMs: 5, agent });

    const streamed = await post(`${server.url}/runs/stream`);
    const waited = await post(`${server.url}/runs/wait`);
    const reader = waited.body?.getReader();
    const first = new TextDecoder().decode((await reader?.read())?.value);
    answered.open();

    expect(first).toMatch(/^\n+$/);
    expect(await streamed.text()).toContain(': heartbeat\r\n\r\n');
  });

  it('has data over many lines where that is asked for', async () => {
    await using server = await startAgentServer({ manyLines: true });

    const text = await (await post(`${server.url}/runs/stream`, body)).text();

    expect(text).toContain('event: metadata\ndata: {\ndata:   "run_id": ');
  });

  it('cancels its run when the client leaves, where that is asked for', async () => {
    const never: ScriptedAgent = () => until(new Promise(() => {}), says(''));
    await using server = await startAgentServer({ agent: never });
    const thread = await newThread(server);
    const leaving = new AbortController();
    const { signal } = leaving;
    await post(`${thread}/runs/stream`, { ...body, on_disconnect: 'cancel' }, { signal });

    leaving.abort();
    await server.when(({ runs }) => runs[0]?.status === 'interrupted');

    expect(listOf(await jsonOf(fetch(`${thread}/runs`)))[0]).toMatchObject({ status: 'interrupted' });
  });
});

describe('a fault of a stream', () => {
  async function streamed(fault: Fault, chars?: number) {
    await using server = await startAgentServer({ flavour: 'deployed', faults: onCreate(1, fault) });
    const answer = await post(`${server.url}/runs/stream`);
    const reader = (answer.body as ReadableStream<Uint8Array>)
      .pipeThrough(new TextDecoderStream())
      .getReader();
    let text = '';
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return { text, end: 'clean' };
        text += value;
        if (chars !== undefined && text.length >= chars) return { text, end: 'open' };
      }
    } catch (error) {
      return { text, end: codeOf(error) };
    }
  }

  it('cutsStreamAfter breaks it after so many whole events', async () => {
    const { text, end } = await streamed(cutsStreamAfter(2));

    expect(eventsOf(text)).toEqual(['metadata', 'values']);
    expect(text.endsWith('\r\n\r\n')).toBe(true);
    expect(end).toBe('UND_ERR_SOCKET');
  });

  it('cutsStreamAfter breaks it within the next event where that is asked for', async () => {
    const { text, end } = await streamed(cutsStreamAfter(1, true));

    expect(eventsOf(text)).toEqual(['metadata', 'values']);
    expect(text.endsWith('\r\n\r\n')).toBe(false);
    expect(end).toBe('UND_ERR_SOCKET');
  });

  it('stallsStreamAfter leaves it open', async () => {
    const { text, end } = await streamed(stallsStreamAfter(1), 20);

    expect(eventsOf(text)).toEqual(['metadata']);
    expect(end).toBe('open');
  });

  it('streamWithoutValue and streamWithEnd end cleanly', async () => {
    const without = await streamed(streamWithoutValue());
    const withEnd = await streamed(streamWithEnd());

    expect([eventsOf(without.text), without.end]).toEqual([['metadata'], 'clean']);
    expect([eventsOf(withEnd.text), withEnd.end]).toEqual([['metadata', 'values', 'values', 'end'], 'clean']);
  });
});
