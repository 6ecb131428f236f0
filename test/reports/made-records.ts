/** Records and batch facts as tests need them: give only what matters. */

import type { BatchFacts } from '../../src/summary-types.ts';
import type { Failure, JobRecord } from '../../src/types.ts';

export function madeRecord(fields: Partial<JobRecord> = {}): JobRecord {
  return {
    id: 't-1',
    index: 0,
    trial: 1,
    turn: null,
    revision: 1,
    outcome: 'success',
    input: 'What is 2 + 2?',
    expected: null,
    metadata: {},
    response: '4',
    messages: [],
    tool_calls: [],
    interrupts: [],
    extracted: {},
    failure: null,
    attempts: [],
    thread_id: null,
    run_id: null,
    agent_version: null,
    started_at: '2026-11-22T12:00:00.000Z',
    finished_at: '2026-11-22T12:00:01.000Z',
    latency_ms: 812.4,
    ttft_ms: null,
    wait_ms: 3.1,
    usage: null,
    scores: {},
    ...fields,
  };
}

export function madeFailure(fields: Partial<Failure> = {}): Failure {
  return {
    kind: 'http',
    code: 'HTTP_503',
    message: 'The server answered 503: upstream connect error.',
    status: 503,
    may_have_run: false,
    uncertain: false,
    ...fields,
  };
}

/** A record that ended otherwise than in success, by this cause. */
export function madeTrouble(
  outcome: 'error' | 'interrupted' | 'skipped',
  id: string,
  failure: Partial<Failure> = {},
) {
  return madeRecord({ id, outcome, failure: madeFailure(failure), response: null });
}

export function madeBatch(fields: Partial<BatchFacts> = {}): BatchFacts {
  return {
    id: 'support-20261122T120000Z',
    directory: 'results/support-20261122T120000Z',
    dataset: 'datasets/support.csv',
    agent: { url: 'http://127.0.0.1:2024', id: 'support', name: null, version: null },
    mode: 'threaded',
    delivery: 'exactly-once',
    state: 'finished',
    started_at: '2026-11-22T12:00:00.000Z',
    ...fields,
  };
}
