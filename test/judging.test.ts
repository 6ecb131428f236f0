import { describe, expect, it } from 'vitest';
import type { JudgeQuestion, JudgeReply } from '../src/contracts.ts';
import { RequestError } from '../src/errors.ts';
import { Judging, type JudgingOptions, type JudgingParts } from '../src/judging.ts';
import { madeFailure } from './reports/made-records.ts';
import { manualRuntime } from './support/manual-runtime.ts';

const question: JudgeQuestion = { rules: '', task: '', isReadable: (text) => text === 'fine' };
const fails = (fields: Parameters<typeof madeFailure>[0] = {}, retryAfterMs: number | null = null) =>
  new RequestError(madeFailure(fields), { retryAfterMs });

type Act = (n: number, call: Parameters<JudgingParts['ask']>[1]) => string | Error | Promise<string>;

function judgingWith(act: Act, options: Partial<JudgingOptions> = {}, more: Partial<JudgingParts> = {}) {
  const runtime = manualRuntime({ autoSleep: true, seed: 7 });
  const told: string[] = [];
  const asked = { count: 0, open: 0, most: 0 };
  const judging = new Judging(
    { concurrency: 5, timeoutMs: 60_000, retries: 3, ...options },
    {
      signal: new AbortController().signal,
      runtime,
      onTrouble: (line) => told.push(line),
      ask: async (_, call) => {
        asked.count += 1;
        asked.open += 1;
        asked.most = Math.max(asked.most, asked.open);
        try {
          const given = await act(asked.count, call);
          if (given instanceof Error) throw given;
          return { text: given, usage: { input_tokens: 100, output_tokens: 7, total_tokens: 107 } };
        } finally {
          asked.open -= 1;
        }
      },
      ...more,
    },
  );
  return { judging, runtime, told, asked };
}

async function inTurn(judging: Judging, count: number): Promise<JudgeReply[]> {
  const replies: JudgeReply[] = [];
  for (let at = 0; at < count; at += 1) replies.push(await judging.ask(question));
  return replies;
}

describe('a question to the judge', () => {
  it.for([429, 500, 503])('is asked again after %i, with back-off', async (status) => {
    const { judging, runtime, asked } = judgingWith((n) =>
      n < 3 ? fails({ code: `HTTP_${status}`, status }) : 'fine',
    );

    expect(await judging.ask(question)).toEqual({ text: 'fine' });

    expect(asked.count).toBe(3);
    expect(runtime.slept.length).toBe(2);
    expect(runtime.slept[0]).toBeLessThanOrEqual(500);
    expect(runtime.slept[1]).toBeLessThanOrEqual(1_000);
  });

  it('waits as long as the judge asks, and so do all others', async () => {
    const { judging, runtime } = judgingWith((n) =>
      n === 1 ? fails({ code: 'HTTP_429', status: 429 }, 7_000) : 'fine',
    );
    const sentAt: number[] = [];

    const first = judging.ask(question).then(() => sentAt.push(runtime.now()));
    await first;
    const second = judging.ask(question).then(() => sentAt.push(runtime.now()));
    await second;

    expect(sentAt.every((at) => at >= 7_000)).toBe(true);
  });

  it('is given up where the judge asks for more time than a try has', async () => {
    const { judging, runtime } = judgingWith(() => fails({ code: 'HTTP_429', status: 429 }, 3_600_000));

    const reply = await judging.ask(question);

    expect(reply).toMatchObject({ text: null, why: expect.stringContaining('it asks to wait 3,600 s') });
    expect(runtime.slept).toEqual([]);
  });

  it('is asked once more after it timed out, and no more', async () => {
    const { judging, asked } = judgingWith(() => fails({ kind: 'timeout', code: 'TIMEOUT', status: null }));

    const reply = await judging.ask(question);

    expect(reply.text).toBeNull();
    expect(asked.count).toBe(2);
  });

  it.for(['auth', 'not_found', 'invalid', 'agent'] as const)('is asked once where %s', async (kind) => {
    const { judging, asked } = judgingWith(() => fails({ kind, code: 'HTTP_400', status: 400 }));

    const reply = await judging.ask(question);

    expect(reply).toMatchObject({ text: null, why: expect.stringMatching(/^the judge gave no reply: /) });
    expect(asked.count).toBe(1);
  });

  it('has a time limit for each try', async () => {
    const limits: number[] = [];
    const { judging, runtime } = judgingWith((n, { deadline }) => {
      limits.push(deadline - runtime.now());
      return n < 3 ? fails() : 'fine';
    });

    await judging.ask(question);

    expect(limits).toEqual([60_000, 60_000, 60_000]);
  });
});

describe('many questions', () => {
  it('are asked so many at once, and all of them', async () => {
    const { judging, asked } = judgingWith(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return 'fine';
    });

    const all = await Promise.all(Array.from({ length: 40 }, () => judging.ask(question)));

    expect(all.every(({ text }) => text === 'fine')).toBe(true);
    expect(asked.most).toBe(5);
    expect(judging.notes()).toEqual([
      "The judge took 4,280 tokens (4,000 in, 280 out), since this start and beside the agent's.",
    ]);
  });

  it('to one that is away: told once, then one asks for all', async () => {
    const { judging, told, asked } = judgingWith(() => fails(), { retries: 0 });
    await inTurn(judging, 10);

    const more = await Promise.all(Array.from({ length: 30 }, () => judging.ask(question)));

    expect(asked.count).toBe(11);
    expect(more.every(({ text }) => text === null)).toBe(true);
    expect(told).toEqual([expect.stringMatching(/^The judge cannot be reached: 10 questions in a row/)]);
    expect(judging.notes()).toEqual([
      '40 of 40 questions to the judge brought no reply and no score: the judge gave no reply: The server answered 503: upstream connect error. [HTTP_503]',
    ]);
  });

  it('are asked each again once it is back, as many at once as before', async () => {
    const { judging, asked } = judgingWith(
      async (n) => {
        await new Promise((resolve) => setImmediate(resolve));
        if (n <= 10) throw fails();
        return 'fine';
      },
      { retries: 0 },
    );
    await inTurn(judging, 10);

    const more = await Promise.all(Array.from({ length: 30 }, () => judging.ask(question)));

    expect(more.every(({ text }) => text === 'fine')).toBe(true);
    expect(asked.count).toBe(40);
    expect(asked.most).toBeLessThanOrEqual(6);
  });

  it('that wait in line when it goes away share what the one finds', async () => {
    const { judging, asked } = judgingWith(async () => Promise.reject(fails()), { retries: 0 });

    const all = await Promise.all(Array.from({ length: 100 }, () => judging.ask(question)));

    expect(all.every(({ text }) => text === null)).toBe(true);
    expect(asked.count).toBeLessThan(60);
  });

  it('of which each is refused for itself are all asked', async () => {
    const { judging, told, asked } = judgingWith(() =>
      fails({ kind: 'invalid', code: 'HTTP_400', status: 400, message: 'the context is too long' }),
    );

    await inTurn(judging, 15);

    expect(asked.count).toBe(15);
    expect(told).toEqual([expect.stringContaining('brought the context is too long')]);
  });

  it('whose replies are all unreadable are told of once, and all asked', async () => {
    const { judging, told, asked } = judgingWith(() => 'prose');

    const all = await inTurn(judging, 15);

    expect(all.every(({ text }) => text === 'prose')).toBe(true);
    expect(asked.count).toBe(15);
    expect(told).toEqual([expect.stringContaining('brought replies that hold no score')]);
  });

  it('that fail in different ways, or only now and then, are not told of', async () => {
    const { judging, told } = judgingWith((n) => (n % 9 === 0 ? 'fine' : fails()), { retries: 0 });
    const { judging: other, told: otherTold } = judgingWith(
      (n) => fails({ code: n % 2 === 0 ? 'HTTP_500' : 'HTTP_503' }),
      { retries: 0 },
    );

    await inTurn(judging, 40);
    await inTurn(other, 40);

    expect([...told, ...otherTold]).toEqual([]);
  });
});

describe('a stop', () => {
  it('ends those that are asked, wait in line or back off, at once', async () => {
    const stop = new AbortController();
    const runtime = manualRuntime();
    let begun = 0;
    const { judging } = judgingWith(
      (n, { signal }) => {
        begun += 1;
        if (n === 1) return fails();
        return new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(fails({ kind: 'cancelled', code: 'BATCH_ABORTED' }))),
        );
      },
      { concurrency: 3 },
      { signal: stop.signal, runtime },
    );
    const all = Array.from({ length: 8 }, () => judging.ask(question));
    await runtime.whenSleeping(1);

    stop.abort();
    const replies = await Promise.all([...all, judging.ask(question)]);

    expect(begun).toBe(3);
    expect(replies).toEqual(
      Array(9).fill({ text: null, why: 'the batch was stopped before the judge had replied' }),
    );
  });
});
