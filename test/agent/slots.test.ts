/** A turn gives its slot back before its record is durable only where a kill in between costs nothing. */

import { expect, it } from 'vitest';
import { connect } from '../../src/agent/index.ts';
import { runBatch } from '../../src/batch.ts';
import { createLocalEngine } from '../../src/engines/local.ts';
import { inOrder } from '../made-examples.ts';
import { startAgentServer } from '../support/agent-server.ts';
import { manualRuntime } from '../support/manual-runtime.ts';
import { jobOf, plainConnection, plainSettings } from './client.ts';

it.each([
  ['threaded', 'exactly-once', [1, 0]],
  ['threaded', 'at-most-once', [1]],
  ['threaded', 'at-least-once', [1]],
  ['stateless', 'at-most-once', [1]],
  ['stateless', 'at-least-once', [1]],
] as const)('%s, %s: slots held until the record is written', async (mode, delivery, expected) => {
  await using server = await startAgentServer();
  const runtime = manualRuntime({ autoSleep: true });
  const connection = connect({ url: server.url, agent: 'agent', ...plainConnection }, runtime);
  const facts = {
    id: server.assistant.assistant_id,
    name: null,
    graph: null,
    version: '1',
    updatedAt: null,
  };
  const held: number[] = [];
  let heldAtWrite: number[] = [];

  await runBatch({
    examples: inOrder(jobOf().turns.map(({ example }) => example)),
    agent: connection.agent(facts, { ...plainSettings, mode, delivery }, { note: async () => {} }),
    engine: createLocalEngine(1, { onInFlight: (count) => held.push(count) }),
    sink: {
      write: async () => {
        heldAtWrite = [...held];
      },
      close: async () => {},
    },
    options: { delivery },
    runtime,
  });
  await connection.close();

  expect(heldAtWrite).toEqual(expected);
});
