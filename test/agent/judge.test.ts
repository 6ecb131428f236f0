import { describe, expect, it } from 'vitest';
import { connectJudge, type JudgeOptions } from '../../src/agent/judge.ts';
import { RequestError } from '../../src/errors.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { breakpoint, says, startAgentServer, throwsError } from '../support/agent-server.ts';
import {
  type AskedOfJudge,
  hangs,
  hangsUp,
  type JudgeAct,
  refuses,
  replies,
  startJudge,
} from '../support/judge-server.ts';
import { plainConnection } from './client.ts';

const question = { rules: 'the rules', task: 'the task', isReadable: () => true };
const model = { model: 'small-1', temperature: 0 };

async function connected(url: string, options: Partial<JudgeOptions> = {}) {
  const judge = connectJudge({ ...plainConnection, url, by: model, ...options }, systemRuntime);
  return {
    ask: (deadlineMs = 10_000, signal = new AbortController().signal) =>
      judge.ask(question, { deadline: systemRuntime.now() + deadlineMs, signal }).then(({ text }) => text),
    said: () =>
      judge.ask(question, {
        deadline: systemRuntime.now() + 10_000,
        signal: new AbortController().signal,
      }),
    [Symbol.asyncDispose]: () => judge.close(),
  };
}

const failureOf = (asked: Promise<string>) =>
  asked.then(
    (text) => ({ text }),
    (error: unknown) => (error instanceof RequestError ? error.failure : error),
  );

describe('a model at an OpenAI-compatible endpoint', () => {
  it('is asked in JSON mode, and without it for good once that alone was refused', async () => {
    await using server = await startJudge(({ body }) =>
      'response_format' in body ? refuses(400, 'response_format is not supported') : replies('{}'),
    );
    await using judge = await connected(server.url);

    const texts = [await judge.ask(), await judge.ask()];

    expect(texts).toEqual(['{}', '{}']);
    expect(server.asked.map(({ body }) => 'response_format' in body)).toEqual([true, false, false]);
  });

  it.each<[object | undefined, object | null]>([
    [undefined, null],
    [
      { prompt_tokens: 90, completion_tokens: 9, total_tokens: 99 },
      { input_tokens: 90, output_tokens: 9, total_tokens: 99 },
    ],
    [
      { prompt_tokens: 90, completion_tokens: null },
      { input_tokens: 90, output_tokens: 0, total_tokens: 90 },
    ],
  ])('tells what it took: %j', async (usage, told) => {
    await using server = await startJudge(() => replies('{}', { usage }));
    await using judge = await connected(server.url);

    expect(await judge.said()).toEqual({ text: '{}', usage: told });
  });

  it('is asked in JSON mode again where something else was refused', async () => {
    const isRefused = ({ n }: AskedOfJudge) => n <= 2;
    await using server = await startJudge((asked) =>
      isRefused(asked) ? refuses(400, 'the context is too long') : replies('{}'),
    );
    await using judge = await connected(server.url);

    const first = await failureOf(judge.ask());
    const second = await judge.ask();

    expect(first).toMatchObject({ code: 'HTTP_400', message: 'the context is too long' });
    expect(second).toBe('{}');
    expect(server.asked.map(({ body }) => 'response_format' in body)).toEqual([true, false, true]);
  });

  it.for([[0.5], [null]] as const)('is told the temperature %s', async ([temperature]) => {
    await using server = await startJudge(() => replies('{}'));
    await using judge = await connected(server.url, { by: { model: 'small-1', temperature } });

    await judge.ask();

    expect(server.asked[0]?.body['temperature']).toBe(temperature ?? undefined);
  });

  it('replies in text blocks too', async () => {
    const blocks: JudgeAct = (response) =>
      response.end(
        JSON.stringify({
          choices: [
            {
              message: {
                content: [
                  { type: 'text', text: '{"a":' },
                  { type: 'text', text: '1}' },
                ],
              },
            },
          ],
        }),
      );
    await using server = await startJudge(() => blocks);
    await using judge = await connected(server.url);

    expect(await judge.ask()).toBe('{"a":1}');
  });

  it.for<readonly [what: string, act: JudgeAct, code: string, message: RegExp]>([
    ['a busy one', refuses(429, 'slow down', { 'retry-after': '7' }), 'HTTP_429', /slow down/],
    ['a wrong key', refuses(401, 'bad key sk-very-secret'), 'KEY_REFUSED', /bad key \*\*\*/],
    ['an unknown model', refuses(404, 'no such model'), 'HTTP_404', /no such model/],
    ['a redirect', refuses(307, '', { location: 'http://elsewhere/' }), 'HTTP_REDIRECT', /where it is$/],
    ['one that hangs up', hangsUp, 'CONNECTION_RESET', /broke/],
    ['one that never replies', hangs, 'TIMEOUT', /within --judge-timeout/],
    ['a reply that was cut', replies('{"sco', { finish: 'length' }), 'AGENT_ERROR', /cut at the most tokens/],
    ['a web page', (response) => response.end('<html><title>Hi</title>'), 'HTML_ANSWER', /Hi/],
    [
      'another API',
      (response) => response.end('{"hello":1}'),
      'UNEXPECTED_ANSWER',
      /is --judge-url the base/,
    ],
    ['no choice', (response) => response.end('{"choices":[]}'), 'UNEXPECTED_ANSWER', /chat completion/],
    [
      'a refusal',
      (response) => response.end('{"choices":[{"message":{"refusal":"I will not","content":null}}]}'),
      'AGENT_ERROR',
      /refused to judge: I will not/,
    ],
  ])('that is %s is a failure', async ([, act, code, message]) => {
    await using server = await startJudge(() => act);
    await using judge = await connected(server.url, { secrets: ['sk-very-secret'] });

    const failure = await failureOf(judge.ask(code === 'TIMEOUT' ? 300 : undefined));

    expect(failure).toMatchObject({ code, message: expect.stringMatching(message), may_have_run: false });
  });

  it('says how long to wait', async () => {
    await using server = await startJudge(() => refuses(429, 'slow down', { 'retry-after': '7' }));
    await using judge = await connected(server.url);

    await expect(judge.ask()).rejects.toMatchObject({ retryAfterMs: 7_000 });
  });

  it('that is not there is a failure to connect', async () => {
    await using judge = await connected('http://127.0.0.1:1/v1');

    expect(await failureOf(judge.ask())).toMatchObject({ kind: 'connect' });
  });

  it('is given up at once when the batch is', async () => {
    await using server = await startJudge(() => hangs);
    await using judge = await connected(server.url);
    const stop = new AbortController();

    const asked = failureOf(judge.ask(60_000, stop.signal));
    await server.whenAsked(1);
    stop.abort();

    expect(await asked).toMatchObject({ kind: 'cancelled' });
  });

  it('has its key kept out of its reply', async () => {
    await using server = await startJudge(() => replies('{"reason":"your key is sk-very-secret"}'));
    await using judge = await connected(server.url, { secrets: ['sk-very-secret'] });

    expect(await judge.ask()).toBe('{"reason":"your key is ***"}');
  });
});

describe('an assistant of an Agent Server', () => {
  const by = { by: { assistant: 'agent' } } as const;

  it('is told all in one message, without a thread', async () => {
    await using server = await startAgentServer({ agent: ({ prompt }) => says(prompt.toUpperCase()) });
    await using judge = await connected(server.url, by);

    expect(await judge.ask()).toBe('THE RULES\n\nTHE TASK');

    expect(server.requests.map(({ route }) => route)).toEqual(['POST /runs/wait']);
    expect(server.requests[0]?.body).toMatchObject({
      assistant_id: 'agent',
      on_disconnect: 'cancel',
      metadata: { threadmill_judge: true },
    });
  });

  it.for([
    ['fails', throwsError('ValueError', 'no model'), /the assistant failed: .*no model/],
    ['waits for a human', breakpoint(), /waits for a human/],
    ['says nothing', { does: 'empty', body: null }, /replied nothing/],
  ] as const)('that %s gives no reply', async ([, reply, message]) => {
    await using server = await startAgentServer({ agent: () => reply });
    await using judge = await connected(server.url, by);

    expect(await failureOf(judge.ask())).toMatchObject({ message: expect.stringMatching(message) });
  });
});
