/** A request that arrives at the last moment: after the looks at the thread, before the thread is given up. */

import { describe, expect, it } from 'vitest';
import { type Fault, onCreate, startAgentServer } from '../support/agent-server.ts';
import { gate } from '../support/gate.ts';
import { manualRuntime } from '../support/manual-runtime.ts';
import { jobOf, startClient } from './client.ts';
import { pumped } from './pumped.ts';

describe.each(['local', 'deployed'] as const)('a request that comes late (%s)', (flavour) => {
  it('is followed where it arrives while its thread is being given up', async () => {
    const proxy = gate();
    const handled = gate();
    const held: Fault = async ({ handle, socket }) => {
      socket.destroy();
      await proxy.opened;
      await handle();
      handled.open();
    };
    await using server = await startAgentServer({ faults: onCreate(1, held), flavour });
    const runtime = manualRuntime();
    await using client = startClient(server, {
      runtime,
      onIntent: async ({ mark }) => {
        if (mark !== 'abandoned') return;
        proxy.open();
        await handled.opened;
      },
    });

    const { outcome } = await pumped(runtime, client.ask(jobOf()));

    expect(outcome).toMatchObject({ outcome: 'success' });
    expect(server.counts.runs).toBe(1);
    expect(client.intents.at(-1)).toMatchObject({ mark: 'made', generation: 0 });
  });
});
