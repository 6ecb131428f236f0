/** `--concurrency auto`, from the command's side: against a server that refuses above a number. */

import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createsRun, type FaultRule, says, startAgentServer, status } from '../support/agent-server.ts';
import { commanded } from '../support/commanded.ts';
import { questions, workplace } from '../support/threadmill.ts';

/** Refuses what comes while so many runs are under way. */
function hardLimit(most: number): FaultRule {
  let open = 0;
  return (request) => {
    if (!createsRun(request)) return undefined;
    if (open >= most) return status(429);
    return async ({ handle, write }) => {
      open += 1;
      await write(await handle());
      open -= 1;
    };
  };
}

/** Takes a while, so that runs overlap. */
const slow = async ({ prompt }: { prompt: string }) => {
  for (let turn = 0; turn < 30; turn += 1) await setImmediate();
  return says(prompt);
};

describe('a batch that finds its own concurrency', () => {
  it('asks every example once, though many requests are refused, and tells what it found', async () => {
    await using server = await startAgentServer({ agent: slow, faults: hardLimit(5) });
    await using place = await workplace({ 'qa.csv': questions(400) });

    const { summary, said } = await commanded(place, server, {
      concurrency: 'auto',
      maxConcurrency: 64,
      mode: 'stateless',
    });

    expect(summary).toMatchObject({ counts: { success: 400 }, verdict: { exit_code: 0 }, stop: null });
    expect(server.counts.runs).toBe(400);
    expect(server.maxInFlight).toBeLessThanOrEqual(64);
    expect(summary.concurrency?.history[0]).toEqual({ at_ms: 0, limit: 8, why: 'starts' });
    expect(summary.concurrency?.limit).toBeLessThanOrEqual(64);
    expect(said).toMatch(/at once +\S/);
  });

  it('goes on with a fixed number, and is silent of what it found before', async () => {
    await using server = await startAgentServer({});
    await using place = await workplace({ 'qa.csv': questions(20) });
    await commanded(place, server, { concurrency: 'auto', limit: 10 });

    const { summary } = await commanded(place, server, { concurrency: 3 });

    expect(summary.counts.success).toBe(20);
    expect(summary.concurrency).toBeNull();
  });

  it.each([
    [['--concurrency', 'autos'], '--concurrency'],
    [['--concurrency', '0'], '--concurrency'],
    [['--concurrency', 'auto', '--max-concurrency', '0'], '--max-concurrency'],
  ])('refuses %j before anything is sent', async (argv, flag) => {
    await using place = await workplace({ 'qa.csv': questions(2) });

    const { code, stderr } = await place.command(['run', 'qa.csv', '--agent', 'a', ...argv]);

    expect(code).toBe(2);
    expect(stderr).toContain(flag);
  });
});
