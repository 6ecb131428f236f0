/** An agent that is edited or deleted while a batch asks it. */

import { describe, expect, it, vi } from 'vitest';
import type { AgentFacts } from '../../src/agent/index.ts';
import { watchAgent } from '../../src/commands/agent-watch.ts';
import { RequestError } from '../../src/errors.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { madeFailure } from '../reports/made-records.ts';
import {
  type AgentServer,
  type FaultRule,
  says,
  startAgentServer,
  status,
  until,
} from '../support/agent-server.ts';
import { commanded } from '../support/commanded.ts';
import { gate } from '../support/gate.ts';
import { manualRuntime } from '../support/manual-runtime.ts';
import { questions, workplace } from '../support/threadmill.ts';

const facts = (version: string): AgentFacts => ({
  id: 'a',
  name: null,
  graph: null,
  version,
  updatedAt: null,
});
const patience = { timeout: 30_000, interval: 5 };
const never = new AbortController().signal;

/** A watch whose looks find these, one after the other; the last one again and again. */
function watched(seen: readonly (AgentFacts | null | Error)[], acceptAgentChange = false) {
  const runtime = manualRuntime();
  const said: string[] = [];
  let looks = 0;
  const look = async () => {
    const found = seen[Math.min(looks, seen.length - 1)] ?? null;
    looks += 1;
    if (found instanceof Error) throw found;
    return found;
  };
  const watch = watchAgent(
    { connection: { look }, facts: facts('1-a'), acceptAgentChange, say: (line) => said.push(line) },
    runtime,
  );
  return { watch, runtime, said, looks: () => looks };
}

describe('the watch on an agent', () => {
  it('looks every five seconds, and is quiet while nothing changes', async () => {
    const { watch, runtime, looks, said } = watched([facts('1-a')]);

    await runtime.advance(14_999);

    expect(looks()).toBe(2);
    expect([watch.stop, watch.signal.aborted, said]).toEqual([null, false, []]);
  });

  it('stops the batch for a person where it was edited, and tells both versions', async () => {
    const { watch, runtime, looks } = watched([facts('1-a'), facts('2-b')]);

    await runtime.advance(60_000);

    expect(watch.signal.aborted).toBe(true);
    expect(watch.stop).toMatchObject({ code: 'needs_person' });
    expect(watch.stop?.message).toMatch(
      /began with version 1-a, the server now has 2-b; --accept-agent-change/,
    );
    expect(watch.facts.version).toBe('1-a');
    expect(looks()).toBe(2);
  });

  it('goes on with the new version where that is accepted, and says so once', async () => {
    const { watch, runtime, said } = watched([facts('2-b')], true);

    await runtime.advance(20_000);

    expect([watch.stop, watch.facts.version]).toEqual([null, '2-b']);
    expect(said).toEqual([
      'The agent was edited: from version 1-a to 2-b. Going on (--accept-agent-change).',
    ]);
  });

  it.each([false, true])(
    'stops for a person where it was deleted, accepted or not (%s)',
    async (isAccepted) => {
      const { watch, runtime } = watched([null], isAccepted);

      await runtime.advance(5_000);

      expect(watch.stop).toMatchObject({ code: 'needs_person' });
      expect(watch.stop?.message).toContain('the agent a is gone');
    },
  );

  it('takes a server that does not say for no change', async () => {
    const { watch, runtime, looks } = watched([new RequestError(madeFailure({ code: 'HTTP_503' }))]);

    await runtime.advance(20_000);

    expect([looks(), watch.stop]).toEqual([4, null]);
  });

  it('does not look while the server refuses everything, nor once it is closed', async () => {
    const { watch, runtime, looks } = watched([facts('2-b')]);

    watch.rest(true);
    await runtime.advance(30_000);
    watch.rest(false);
    watch.close();
    await runtime.advance(30_000);
    await watch.look(never);

    expect(looks()).toBe(0);
    expect(watch.stop).toBeNull();
  });
});

/** The system's clock, but that the watch looks when the test says so. */
function tickedRuntime() {
  const ticks: (() => void)[] = [];
  const runtime = {
    ...systemRuntime,
    every: (ms: number, tick: () => void) => {
      if (ms !== 5_000) return systemRuntime.every(ms, tick);
      ticks.push(tick);
      return () => {};
    },
  };
  const tick = () => {
    for (const each of ticks) each();
  };
  return { runtime, tick };
}

/** A terminal as wide as what is said on it. */
const hearing = () => {
  const heard = {
    text: '',
    columns: 1_000,
    write: (text: string) => {
      heard.text += text;
    },
  };
  return heard;
};

const edit = (server: AgentServer) => {
  server.assistant.version += 1;
};

describe('a batch whose agent is edited while it runs', () => {
  it('stops with exit 4, records what was in flight, and is refused until the change is accepted', async () => {
    const held = gate();
    await using server = await startAgentServer({
      agent: ({ prompt }) => (prompt === 'question 2' ? until(held.opened, says(prompt)) : says(prompt)),
    });
    await using place = await workplace({ 'qa.csv': questions(5) });
    const { runtime, tick } = tickedRuntime();
    const stderr = hearing();

    const running = commanded(place, server, { concurrency: 1 }, { runtime, stderr });
    await server.when(({ counts }) => counts.runs === 2);
    edit(server);
    tick();
    await vi.waitFor(() => expect(stderr.text).toContain('more: the agent was edited while'), patience);
    held.open();
    const { summary } = await running;

    expect(summary).toMatchObject({
      verdict: { exit_code: 4, verdict: 'FAILED' },
      stop: { code: 'needs_person' },
      counts: { success: 2, not_yet: 3 },
      batch: { state: 'stopped' },
    });
    expect(summary.stop?.message).toMatch(/version 1-\w+, the server now has 2-\w+/);
    await expect(commanded(place, server)).rejects.toThrow(/batch has version 1-\w+, the server now has 2-/);

    const accepted = await commanded(place, server, { acceptAgentChange: true });

    expect(accepted.summary).toMatchObject({ verdict: { exit_code: 0 }, counts: { success: 5 } });
    const versions = (await place.batch('out').records()).map((record) => record.agent_version?.slice(0, 2));
    expect(versions).toEqual(['1-', '1-', '2-', '2-', '2-']);
  });

  it('goes on where the change is accepted; each record holds the version it ran on, and so does the batch', async () => {
    const held = gate();
    await using server = await startAgentServer({
      agent: ({ prompt }) => (prompt === 'question 2' ? until(held.opened, says(prompt)) : says(prompt)),
    });
    await using place = await workplace({ 'qa.csv': questions(4) });
    const { runtime, tick } = tickedRuntime();
    const stderr = hearing();

    const running = commanded(
      place,
      server,
      { concurrency: 1, acceptAgentChange: true },
      { runtime, stderr },
    );
    await server.when(({ counts }) => counts.runs === 2);
    edit(server);
    tick();
    await vi.waitFor(() => expect(stderr.text).toContain('The agent was edited: from version 1-'), patience);
    held.open();
    const { summary } = await running;

    expect(summary).toMatchObject({ verdict: { exit_code: 0 }, batch: { state: 'finished' } });
    expect(summary.batch.agent.version).toMatch(/^2-/);
    const versions = (await place.batch('out').records()).map((record) => record.agent_version?.slice(0, 2));
    expect(versions).toEqual(['1-', '1-', '2-', '2-']);
    await expect(commanded(place, server)).resolves.toMatchObject({ summary: { asked: 0 } });
  });

  it('is not called finished where the last look finds it edited', async () => {
    await using server = await startAgentServer({
      agent: ({ prompt }) => {
        if (prompt === 'question 3') edit(server);
        return says(prompt);
      },
    });
    await using place = await workplace({ 'qa.csv': questions(3) });

    const { summary } = await commanded(place, server, { concurrency: 1 });

    expect(summary).toMatchObject({
      verdict: { exit_code: 4, sentence: 'could not go on, no turn left' },
      batch: { state: 'stopped' },
      counts: { success: 3 },
    });
    await expect(commanded(place, server)).rejects.toThrow('--accept-agent-change');
  });

  it('is finished where nobody answers the last look', async () => {
    let isOver = false;
    const away: FaultRule = (request) =>
      isOver && request.route.includes('/assistants') ? status(503) : undefined;
    await using server = await startAgentServer({
      agent: ({ prompt }) => {
        isOver = true;
        return says(prompt);
      },
      faults: away,
    });
    await using place = await workplace({ 'qa.csv': questions(1) });

    const { summary } = await commanded(place, server);

    expect(summary).toMatchObject({ verdict: { exit_code: 0 }, batch: { state: 'finished' } });
  });

  it('stops with exit 4 where it is deleted', async () => {
    const held = gate();
    let isGone = false;
    const gone: FaultRule = ({ route }) => {
      if (!isGone || !route.includes('/assistants')) return undefined;
      return route.startsWith('GET') ? status(404) : status(200, []);
    };
    await using server = await startAgentServer({
      agent: ({ prompt }) => until(held.opened, says(prompt)),
      faults: gone,
    });
    await using place = await workplace({ 'qa.csv': questions(3) });
    const { runtime, tick } = tickedRuntime();
    const stderr = hearing();

    const running = commanded(place, server, { concurrency: 1 }, { runtime, stderr });
    await server.when(({ counts }) => counts.runs === 1);
    isGone = true;
    tick();
    await vi.waitFor(() => expect(stderr.text).toContain('is gone'), patience);
    held.open();
    const { summary } = await running;

    expect(summary).toMatchObject({ verdict: { exit_code: 4 }, counts: { success: 1, not_yet: 2 } });
  });
});
