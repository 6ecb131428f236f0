/**
 * An agent, a reader and a sink of one's own. Run by a test; to try it: npm run build && npx tsx docs/examples/own-agent.ts
 */

import {
  type Agent,
  answered,
  createLocalEngine,
  type Example,
  failed,
  type JobRecord,
  runBatch,
  type Sink,
} from 'threadmill';

/** Answers arithmetic by itself: no server, no thread. */
const calculator: Agent = {
  version: 'calculator-1',
  open: () => ({
    ask: async (turn, attempt) => {
      attempt.begin();
      const sum = /^(\d+) \+ (\d+)$/.exec(String(turn.input));
      return sum === null
        ? failed({
            kind: 'agent',
            code: 'NO_SUM',
            message: 'expected "a + b"',
            status: null,
            may_have_run: true,
            uncertain: false,
          })
        : answered(String(Number(sum[1]) + Number(sum[2])));
    },
    close: async () => true,
  }),
};

/** Anything that yields examples is a dataset. */
async function* sums(): AsyncGenerator<Example> {
  for (const [index, input] of ['1 + 2', '20 + 22', 'what?'].entries()) {
    yield { id: `sum-${index}`, index, input, expected: null, metadata: {}, cells: {} };
  }
}

/** Keeps the records; `write` resolves once they are safe. */
export const records: JobRecord[] = [];
const memory: Sink = {
  write: async (record) => {
    records.push(record);
  },
  close: async () => {},
};

export const end = await runBatch({
  examples: sums(),
  agent: calculator,
  engine: createLocalEngine(2),
  sink: memory,
});
