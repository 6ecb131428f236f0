import { describe, expect, it } from 'vitest';
import type { Attempted } from '../src/attempt.ts';
import type { Try } from '../src/contracts.ts';
import { earlierTurn, rowUnreadable, skippedRecord, toRecord } from '../src/record.ts';
import type { Attempt, Job, Outcome, Turn } from '../src/types.ts';
import { madeBadRow, madeExample } from './made-examples.ts';
import { madeFailure } from './reports/made-records.ts';

const contract =
  'id index trial turn revision outcome input expected metadata response messages tool_calls interrupts extracted failure attempts thread_id run_id agent_version started_at finished_at latency_ms ttft_ms wait_ms usage scores'.split(
    ' ',
  );

const example = madeExample({ index: 16, id: 't-17', metadata: { topic: 'bees' } });
const turn: Turn = {
  example,
  turn: null,
  input: 'ask',
  expected: 'answer',
  recorded: null,
  revision: 1,
  replaces: null,
};
const job: Job = { key: 'id:t-17', trial: 2, turns: [turn], intent: null, problem: null };
const facts = { agentVersion: 'v1', finishedAt: '2026-11-22T12:00:09.000Z' };
const plain = { record: 'messages', onInterrupt: 'record' } as const;

const outcome: Outcome = {
  outcome: 'success',
  response: 'answer',
  messages: [{ type: 'ai', content: 'answer' }],
  tool_calls: [{ name: 'search', args: {}, id: 'c-1' }],
  interrupts: [],
  usage: { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
  output: { messages: [], more: true },
  failure: null,
};

const attempt = (number: number, fields: Partial<Attempt> = {}): Attempt => ({
  attempt: number,
  started_at: `2026-11-22T12:00:0${number}.000Z`,
  latency_ms: number * 100,
  status: 200,
  run_id: `r-${number}`,
  failure: null,
  ...fields,
});

function attempted(fields: Partial<Attempted> = {}, last: Partial<Try> = {}): Attempted {
  return {
    outcome,
    attempts: [attempt(1, { failure: madeFailure() }), attempt(2)],
    waitMs: 3.14499,
    isGivenUp: false,
    last: {
      attempt: 2,
      again: null,
      signal: new AbortController().signal,
      deadline: 0,
      begin: () => {},
      release: () => {},
      accepted: () => {},
      refused: () => false,
      sentAt: 1_000,
      firstTokenAt: 1_012.3456,
      answeredAt: 1_200,
      status: 200,
      runId: 'r-2',
      threadId: 'th-1',
      ...last,
    },
    ...fields,
  };
}

describe('a record', () => {
  it('has the fields of the contract, in its order', () => {
    expect(Object.keys(toRecord(job, turn, attempted(), facts, plain))).toEqual(contract);
    expect(Object.keys(skippedRecord(job, turn, madeFailure(), facts))).toEqual(contract);
  });

  it('holds the whole state at its end where that is wanted', () => {
    const record = toRecord(job, turn, attempted(), facts, { ...plain, record: 'output' });

    expect(Object.keys(record)).toEqual([...contract, 'output']);
    expect(record.output).toEqual({ messages: [], more: true });
  });

  it('leaves the messages out where the response is enough', () => {
    const record = toRecord(job, turn, attempted(), facts, { ...plain, record: 'response' });

    expect(record.messages).toEqual([]);
    expect(record.tool_calls).toEqual(outcome.tool_calls);
    expect('output' in record).toBe(false);
  });

  it('says of its turn what was asked and how it ended', () => {
    expect(toRecord(job, turn, attempted(), facts, plain)).toEqual({
      id: 't-17',
      index: 16,
      trial: 2,
      turn: null,
      revision: 1,
      outcome: 'success',
      input: 'ask',
      expected: 'answer',
      metadata: { topic: 'bees' },
      response: 'answer',
      messages: outcome.messages,
      tool_calls: outcome.tool_calls,
      interrupts: [],
      extracted: {},
      failure: null,
      attempts: [attempt(1, { failure: madeFailure() }), attempt(2)],
      thread_id: 'th-1',
      run_id: 'r-2',
      agent_version: 'v1',
      started_at: '2026-11-22T12:00:01.000Z',
      finished_at: '2026-11-22T12:00:09.000Z',
      latency_ms: 200,
      ttft_ms: 12.35,
      wait_ms: 3.14,
      usage: outcome.usage,
      scores: {},
    });
  });

  it('has null for what is not known, and a number nowhere that is none', () => {
    const bare = attempted(
      { attempts: [], waitMs: null, outcome: { ...outcome, usage: null, response: null } },
      { sentAt: null, firstTokenAt: null, runId: null, threadId: null },
    );

    const record = toRecord(job, turn, bare, { ...facts, agentVersion: null }, plain);

    expect(record).toMatchObject({
      response: null,
      thread_id: null,
      run_id: null,
      agent_version: null,
      started_at: facts.finishedAt,
      latency_ms: null,
      ttft_ms: null,
      wait_ms: null,
      usage: null,
    });
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  });

  it('has no time to the first token of a request that was not sent by its own account', () => {
    expect(toRecord(job, turn, attempted({}, { sentAt: null }), facts, plain).ttft_ms).toBeNull();
  });

  it('of a run that waits for a human is an error where that is wanted', () => {
    const failure = madeFailure({ kind: 'agent', code: 'WAITS_FOR_HUMAN', may_have_run: true });
    const waits = attempted({ outcome: { ...outcome, outcome: 'interrupted', failure } });

    const record = toRecord(job, turn, waits, facts, { ...plain, onInterrupt: 'fail' });

    expect(toRecord(job, turn, waits, facts, plain).outcome).toBe('interrupted');
    expect(record).toMatchObject({ outcome: 'error', failure, response: 'answer' });
  });
});

describe('a record of a turn that was not asked', () => {
  it('says why, and nothing of what did not happen', () => {
    const later = { ...turn, turn: 3 };

    expect(skippedRecord(job, later, earlierTurn(2, 'error'), facts)).toEqual({
      ...toRecord(job, later, attempted(), facts, plain),
      outcome: 'skipped',
      response: null,
      messages: [],
      tool_calls: [],
      failure: {
        kind: 'cancelled',
        code: 'EARLIER_TURN',
        message: 'turn 2 of its conversation ended in error',
        status: null,
        may_have_run: false,
        uncertain: false,
      },
      attempts: [],
      thread_id: null,
      run_id: null,
      started_at: facts.finishedAt,
      latency_ms: null,
      ttft_ms: null,
      wait_ms: null,
      usage: null,
    });
  });

  it('knows no input of a row that cannot be read', () => {
    const { id, index, problem, cells } = madeBadRow(3);
    const bad = { example: { id, index, input: '', expected: null, metadata: {}, cells }, turn: null };
    const unreadable = { ...turn, ...bad, input: '', expected: null };

    const record = skippedRecord(
      { ...job, turns: [unreadable], problem },
      unreadable,
      rowUnreadable(problem),
      facts,
    );

    expect(record).toMatchObject({
      id: 'line-5',
      index: 3,
      outcome: 'skipped',
      input: null,
      failure: { code: 'ROW_UNREADABLE', message: 'qa.csv:5: expected 3 cells, saw 1' },
    });
  });
});
