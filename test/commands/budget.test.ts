/** A batch that may spend so much: what is asked, told and kept, from the command's side. */

import { describe, expect, it } from 'vitest';
import { says, startAgentServer, throwsError } from '../support/agent-server.ts';
import { commanded } from '../support/commanded.ts';
import { questions, workplace } from '../support/threadmill.ts';

/** 100 tokens a turn; at this price 0.01. */
const telling = ({ prompt }: { prompt: string }) => says(prompt, { usage: { input: 90, output: 10 } });
const price = { in: 50, out: 550 };

describe('a batch with a budget', () => {
  it('stops before it is passed, stops again at once, and goes on with a higher one', async () => {
    await using server = await startAgentServer({ agent: telling });
    await using place = await workplace({ 'qa.csv': questions(30) });
    const argv = ['run', 'qa.csv', '--max-cost', '0.125', '--price', 'in=50,out=550'];

    const first = await commanded(place, server, { maxCost: 0.125, price }, { argv });

    expect(server.counts.runs).toBe(12);
    expect(first.summary).toMatchObject({
      verdict: { verdict: 'FAILED', exit_code: 1, sentence: 'stopped by its budget, 18 of 30 turns left' },
      stop: { code: 'budget' },
      counts: { success: 12, not_yet: 18 },
      budget: { tokens: null, cost: { limit: 0.125 }, untold: 0 },
    });
    expect(first.summary.cost).toBeCloseTo(0.12, 10);
    expect(first.summary.budget?.cost?.mean).toBeCloseTo(0.01, 10);
    expect(first.said).toContain('--max-cost: 0.12 of 0.125 is spent, and another turn, 0.01 on average');
    expect(first.said).toMatch(/cost +0.12\n +budget +0.12 of 0.125 spent, 0.01 a turn\n/);
    expect(first.said).toContain('threadmill run qa.csv --price in=50,out=550 --max-cost 0.33 --out out');

    const again = await commanded(place, server, { maxCost: 0.125, price });

    expect(again.summary).toMatchObject({ verdict: { exit_code: 1 }, counts: { success: 12 } });
    expect(server.counts.runs).toBe(12);

    const higher = await commanded(place, server, { maxCost: 0.34, price });

    expect(higher.summary).toMatchObject({ verdict: { exit_code: 0 }, counts: { success: 30 }, stop: null });
    expect(server.counts.runs).toBe(30);
    expect(server.threads.size).toBe(0);
    expect((await place.batch('out').summary()).budget?.cost?.spent).toBeCloseTo(0.3, 10);
  });

  it('counts tokens by all turns of a conversation, and goes on in the midst of one', async () => {
    await using server = await startAgentServer({ agent: telling });
    const rows = Array.from({ length: 4 }, (_, at) => `c${at},"[""a"",""b"",""c""]"\n`).join('');
    await using place = await workplace({ 'qa.csv': `id,turns\n${rows}` });

    const first = await commanded(place, server, { maxTokens: 700, concurrency: 3 });
    const second = await commanded(place, server, { maxTokens: 1_200 });

    expect(first.summary.counts).toMatchObject({ planned: 12, success: 7, skipped: 0, not_yet: 5 });
    expect(second.summary.counts).toMatchObject({ planned: 12, success: 12 });
    expect(second.summary.budget).toEqual({
      tokens: { limit: 1_200, spent: 1_200, mean: 100 },
      cost: null,
      untold: 0,
    });
    expect(server.counts.runs).toBe(12);
  });

  it('stops where no answer tells its usage, and says so', async () => {
    await using server = await startAgentServer({ agent: ({ prompt }) => says(prompt) });
    await using place = await workplace({ 'qa.csv': questions(20) });

    const { summary, said } = await commanded(place, server, { maxTokens: 1_000_000 });

    expect(summary).toMatchObject({ verdict: { exit_code: 1 }, counts: { success: 10, not_yet: 10 } });
    expect(said).toContain('10 answers told no usage, so the budget cannot be kept');
  });

  it('counts what failed and may have run as the mean', async () => {
    await using server = await startAgentServer({
      agent: (asked) => (asked.prompt === 'question 2' ? throwsError('Error', 'no') : telling(asked)),
    });
    await using place = await workplace({ 'qa.csv': questions(5) });

    const { summary } = await commanded(place, server, { maxTokens: 400, concurrency: 1 });

    expect(summary.counts).toMatchObject({ success: 3, error: 1, not_yet: 1 });
    expect(summary.budget).toEqual({
      tokens: { limit: 400, spent: 400, mean: 100 },
      cost: null,
      untold: 1,
    });
  });

  it('does not stop a batch whose last turn passed it: nothing is left to hold back', async () => {
    await using server = await startAgentServer({ agent: telling });
    await using place = await workplace({ 'qa.csv': questions(1) });

    const { summary } = await commanded(place, server, { maxTokens: 50 });

    expect(summary).toMatchObject({ verdict: { exit_code: 0 }, stop: null });
  });

  it('needs a price to know a cost', async () => {
    await using place = await workplace({ 'qa.csv': questions(1) });

    const refused = commanded(place, { url: 'http://127.0.0.1:9' }, { maxCost: 5 });

    await expect(refused).rejects.toThrow('--max-cost: expected --price with it');
  });
});
