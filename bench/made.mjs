/** A row as a job, what it is answered, and its record: as those of a batch over `dataset.mjs` and `server.mjs`. */

export const version = '1-00000000';
const at = '2026-01-01T00:00:00.000Z';
const run = '00000000-0000-4000-8000-000000000000';

export const answerOf = (prompt) => ({
  messages: [
    { type: 'human', content: prompt, id: null },
    { type: 'ai', content: `${prompt}${'x'.repeat(30)}`, id: 'run', tool_calls: [] },
  ],
});

export function jobOf(row) {
  const example = { id: `row-${row}`, index: row, input: `Where is the order with the number ${row}?` };
  const turn = { example, turn: null, revision: 1, input: example.input, replaces: null, recorded: null };
  return { key: example.id, example, trial: 1, turns: [turn], problem: null, intent: null };
}

/** Field by field: of spreads V8 would make an object that is several times as dear to write. */
export function recordOf(row) {
  const { key: id, turns } = jobOf(row);
  const [{ input }] = turns;
  const { messages } = answerOf(input);
  return {
    id,
    index: row,
    trial: 1,
    turn: null,
    revision: 1,
    outcome: 'success',
    input,
    expected: null,
    metadata: {},
    response: messages[1].content,
    messages,
    tool_calls: [],
    interrupts: [],
    extracted: {},
    failure: null,
    attempts: [{ attempt: 1, started_at: at, latency_ms: 3.14, status: 200, run_id: run, failure: null }],
    thread_id: null,
    run_id: run,
    agent_version: version,
    started_at: at,
    finished_at: at,
    latency_ms: 3.14,
    ttft_ms: null,
    wait_ms: 0.12,
    usage: { input_tokens: 5, output_tokens: 7, total_tokens: 12 },
    scores: {},
  };
}
