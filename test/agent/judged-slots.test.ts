/** While a judge thinks others ask the agent, where a kill in between costs nothing. */

import { expect, it } from 'vitest';
import { connect } from '../../src/agent/index.ts';
import { runBatch } from '../../src/batch.ts';
import { createLocalEngine } from '../../src/engines/local.ts';
import type { Delivery, Example, JobRecord, Mode } from '../../src/types.ts';
import { inOrder } from '../made-examples.ts';
import { startAgentServer } from '../support/agent-server.ts';
import { gate } from '../support/gate.ts';
import { manualRuntime } from '../support/manual-runtime.ts';
import { jobOf, plainConnection, plainSettings, talkOf } from './client.ts';

const facts = { id: 'agent', name: null, graph: null, version: '1', updatedAt: null };

/** Runs these one at a time; tells the slots that were held while each was judged. */
async function heldWhileJudged(examples: readonly Example[], mode: Mode, delivery: Delivery) {
  await using server = await startAgentServer();
  const runtime = manualRuntime({ autoSleep: true });
  const connection = connect({ url: server.url, agent: 'agent', ...plainConnection }, runtime);
  const records: JobRecord[] = [];
  const heldThen: number[] = [];
  let held = 0;
  await runBatch({
    examples: inOrder(examples),
    agent: connection.agent(facts, { ...plainSettings, mode, delivery }, { note: async () => {} }),
    engine: createLocalEngine(1, {
      onInFlight: (count) => {
        held = count;
      },
    }),
    sink: {
      write: async (record) => {
        records.push(record);
      },
      close: async () => {},
    },
    scoring: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      heldThen.push(held);
      return { judge: { value: 1, reason: null } };
    },
    options: { delivery },
    runtime,
  });
  await connection.close();
  return { heldThen, records };
}

const single = jobOf().turns.map(({ example }) => example);
const [talk] = talkOf(['one', 'two', 'three']).turns.map(({ example }) => example);
const conversation = talk === undefined ? [] : [{ ...talk, turns: ['one', 'two', 'three'] }];

it.each([
  ['threaded', 'exactly-once', single, [0]],
  ['threaded', 'exactly-once', conversation, [0, 0, 0]],
  ['threaded', 'at-most-once', single, [1]],
  ['threaded', 'at-least-once', single, [1]],
  ['stateless', 'at-most-once', single, [1]],
] as const)('%s, %s: slots held while judged', async (mode, delivery, examples, expected) => {
  const { heldThen, records } = await heldWhileJudged(examples, mode, delivery);

  expect(heldThen).toEqual(expected);
  expect(records.map(({ outcome, scores }) => [outcome, scores['judge']?.value])).toEqual(
    expected.map(() => ['success', 1]),
  );
});

it('asks the next one while the judge thinks of the first', async () => {
  const thought = gate();
  await using server = await startAgentServer();
  const runtime = manualRuntime({ autoSleep: true });
  const connection = connect({ url: server.url, agent: 'agent', ...plainConnection }, runtime);
  const examples = ['a', 'b'].flatMap((id, index) => single.map((example) => ({ ...example, id, index })));

  const ran = runBatch({
    examples: inOrder(examples),
    agent: connection.agent(facts, plainSettings, { note: async () => {} }),
    engine: createLocalEngine(1),
    sink: { write: async () => {}, close: async () => {} },
    scoring: async () => {
      await thought.opened;
      return {};
    },
    runtime,
  });
  await server.when(({ counts }) => counts.runs === 2);
  thought.open();

  expect((await ran).jobsLeft).toBe(0);
  await connection.close();
});
