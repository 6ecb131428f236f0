/** What is swept up at a batch's end: threads that a late request makes anew. */

import { describe, expect, it } from 'vitest';
import type { Swept } from '../../src/agent/sweep.ts';
import { sweepLoose } from '../../src/commands/sweep.ts';
import { createLoose } from '../../src/loose.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { intentOf } from '../made-intent.ts';
import {
  type AgentServer,
  dropsBefore,
  type Fault,
  onCreate,
  onMatch,
  onRoute,
  says,
  startAgentServer,
  status,
  until,
} from '../support/agent-server.ts';
import { commanded } from '../support/commanded.ts';
import { gate } from '../support/gate.ts';
import { manualRuntime } from '../support/manual-runtime.ts';
import { questions, workplace } from '../support/threadmill.ts';

const givenUp = (key: string) => intentOf({ key, mark: 'abandoned', attempt: 0 });

/** A sweep of threads given up at 1,000 ms, each of which is found as its key says. */
function sweepOf(keys: readonly string[], { at = 1_000 as number | null } = {}) {
  const runtime = manualRuntime();
  const draining = new AbortController();
  const loose = createLoose();
  for (const key of keys) loose.see(givenUp(key), at);
  const swept: string[] = [];
  let most = 0;
  let now = 0;
  const ended = sweepLoose(loose, {
    sweep: async ({ key }) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      swept.push(key);
      return (key.split(' ')[0] ?? 'clean') as Swept;
    },
    runtime,
    startedAt: 0,
    drain: draining.signal,
  });
  return { ended, runtime, swept, drain: () => draining.abort(), most: () => most };
}

describe.concurrent('the sweep', () => {
  it('costs nothing where nothing got lost', async () => {
    const { ended, runtime } = sweepOf([]);

    expect(await ended).toEqual({ left: 0, notes: [] });
    expect(runtime.slept).toEqual([]);
  });

  it('waits until five seconds after the last request that got lost', async () => {
    const { ended, runtime, swept } = sweepOf(['clean']);

    await runtime.advance(5_999);
    expect(swept).toEqual([]);
    await runtime.advance(1);

    expect(await ended).toEqual({ left: 0, notes: [] });
    expect(swept).toEqual(['clean']);
  });

  it('waits until five seconds after this start where an earlier one lost some', async () => {
    const { ended, runtime } = sweepOf(['clean'], { at: null });

    await runtime.advance(5_000);

    expect(await ended).toEqual({ left: 0, notes: [] });
    expect(runtime.slept).toEqual([5_000]);
  });

  it('leaves it to the next start when the batch is told to stop', async () => {
    const { ended, swept, drain } = sweepOf(['clean']);

    drain();

    expect(await ended).toEqual({ left: 0, notes: [] });
    expect(swept).toEqual([]);
  });

  it('looks at no more than ten at once', async () => {
    const keys = Array.from({ length: 40 }, (_, at) => `clean ${at}`);
    const { ended, runtime, swept, most } = sweepOf(keys);

    await runtime.advance(6_000);
    await ended;

    expect(swept.sort()).toEqual(keys.sort());
    expect(most()).toBe(10);
  });

  it('counts what is left, and tells of runs that should not be', async () => {
    const { ended, runtime } = sweepOf(['unknown', 'busy', 'ran a', 'ran b', 'ran c', 'ran d', 'clean']);

    await runtime.advance(6_000);
    const { left, notes } = await ended;

    expect(left).toBe(2);
    expect(notes).toEqual([
      expect.stringMatching(
        /^ran a, ran b, ran c and 1 more: .*may have been asked twice; the thread is kept$/,
      ),
      expect.stringMatching(/^busy: a run is under way .* it is not deleted$/),
    ]);
  });
});

/** The system's clock, but that the wait before the sweep is over once `happened`. */
function sweptRuntime(happens: () => Promise<unknown>) {
  let waits = 0;
  const sleep = async (ms: number, signal?: AbortSignal) => {
    if (ms < 3_000) return systemRuntime.sleep(ms, signal);
    waits += 1;
    await happens();
  };
  return { runtime: { ...systemRuntime, sleep }, waits: () => waits };
}

/** A request that its client gives up, and that the server gets when the gate opens. */
function late() {
  const proxy = gate();
  const handled = gate();
  const fault: Fault = async ({ handle, socket }) => {
    socket.destroy();
    await proxy.opened;
    await handle().catch(() => {});
    handled.open();
  };
  const arrives = () => {
    proxy.open();
    return handled.opened;
  };
  return { fault, arrives };
}

const echo = ({ prompt }: { prompt: string }) => says(prompt);

describe.concurrent('a batch some of whose requests come late', () => {
  it.each(['exactly-once', 'at-most-once', 'at-least-once'] as const)(
    'leaves no thread that a late copy of POST /threads makes anew (%s)',
    async (delivery) => {
      const { fault, arrives } = late();
      await using server = await startAgentServer({
        agent: echo,
        faults: onRoute('POST /threads', 1, fault),
      });
      await using place = await workplace({ 'qa.csv': questions(3) });
      const { runtime, waits } = sweptRuntime(async () => {
        expect(server.threads.size).toBe(0);
        await arrives();
        expect(server.threads.size).toBe(1);
      });

      const { summary } = await commanded(place, server, { delivery }, { runtime });

      expect(summary).toMatchObject({ verdict: { exit_code: 0 }, batch: { state: 'finished' }, notes: [] });
      expect(waits()).toBe(1);
      expect(server.threads.size).toBe(0);
      expect(server.counts.runs).toBe(3);
    },
  );

  it('leaves none where it was made anew after it had been given up', async () => {
    const { fault, arrives } = late();
    await using server = await startAgentServer({
      agent: echo,
      faults: [onRoute('POST /threads', 1, fault), onCreate(1, dropsBefore())],
    });
    await using place = await workplace({ 'qa.csv': questions(1) });
    const { runtime } = sweptRuntime(arrives);

    const { summary } = await commanded(place, server, {}, { runtime });

    expect(summary.batch.state).toBe('finished');
    expect(server.threads.size).toBe(0);
    const marks = (await place.batch('out').text('intents.jsonl')).match(/"mark":"\w+"/g);
    expect(marks).toEqual(
      ['doubtful', 'made', 'abandoned', 'made', 'closed'].map((mark) => `"mark":"${mark}"`),
    );
  });

  it('never deletes a thread on which the late request ran, and says what that means', async () => {
    const { fault, arrives } = late();
    const thread = late();
    await using server = await startAgentServer({
      agent: echo,
      faults: [onRoute('POST /threads', 1, thread.fault), onCreate(1, fault)],
    });
    await using place = await workplace({ 'qa.csv': questions(1) });
    const { runtime } = sweptRuntime(async () => {
      await thread.arrives();
      await arrives();
      await server.when(({ runs }) => runs.every((run) => run.status === 'success'));
    });

    const { summary, said } = await commanded(place, server, {}, { runtime });

    expect(summary).toMatchObject({ batch: { state: 'finished' }, counts: { success: 1 } });
    expect(summary.notes).toEqual([expect.stringContaining('r1: a request that was given up arrived late')]);
    expect(said).toContain('To know');
    expect(server.counts.runs).toBe(2);
    expect(server.threads.size).toBe(1);
    expect(server.counts.deletedWhileBusy).toBe(0);
  });

  it('is not finished while the server does not say, and is swept by the next start', async () => {
    const { fault, arrives } = late();
    let isAway = false;
    await using server = await startAgentServer({
      agent: echo,
      faults: [
        onRoute('POST /threads', 1, fault),
        onMatch(({ route }) => isAway && route === 'GET /threads/{t}', 'every', status(500)),
      ],
    });
    await using place = await workplace({ 'qa.csv': questions(1) });
    const { runtime } = sweptRuntime(async () => {
      isAway = true;
      await arrives();
    });

    const { summary } = await commanded(place, server, {}, { runtime });
    isAway = false;
    const next = await commanded(place, server, {}, { runtime: sweptRuntime(async () => {}).runtime });

    expect(summary).toMatchObject({ verdict: { exit_code: 3 }, batch: { state: 'stopped' } });
    expect(next.summary).toMatchObject({ verdict: { exit_code: 0 }, batch: { state: 'finished' }, asked: 0 });
    expect(server.threads.size).toBe(0);
  });

  it('leaves none that a start was making when it was killed', async () => {
    const { fault, arrives } = late();
    await using server: AgentServer = await startAgentServer({
      agent: ({ prompt }) => {
        if (prompt !== 'question 2') return says(prompt);
        const isDeleted = server.when(() => server.requestsTo('DELETE /threads/{t}').length === 1);
        return until(isDeleted.then(arrives), says(prompt));
      },
      faults: onRoute('POST /threads', 1, fault),
    });
    await using place = await workplace({ 'qa.csv': questions(2) });
    const args = ['run', 'qa.csv', '--url', server.url, '--agent', 'agent', '--out', 'out', '-c', '1'];
    const killed = place.start(args);
    await server.when(() => server.requestsTo('POST /threads').length > 0);
    killed.process.kill('SIGKILL');
    await killed.ended;

    const { summary } = await commanded(place, server, { concurrency: 1 });

    expect(summary).toMatchObject({ verdict: { exit_code: 0 }, counts: { success: 2 } });
    expect(server.threads.size).toBe(0);
  });
});
