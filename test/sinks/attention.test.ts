import { describe, expect, it } from 'vitest';
import {
  interruptedHeader,
  interruptedRows,
  uncertainHeader,
  uncertainRow,
} from '../../src/sinks/attention.ts';
import type { Json } from '../../src/types.ts';
import { madeFailure, madeRecord } from '../reports/made-records.ts';
import { csvBatch } from './csv-batch.ts';

const waiting = (...interrupts: { id: string | null; value: Json }[]) =>
  madeRecord({ id: 'a', trial: 2, turn: 3, thread_id: 'th-1', outcome: 'interrupted', interrupts });

/** Of each line: interrupt_id, action, tool, args, question. */
const asked = (record: ReturnType<typeof waiting>) =>
  interruptedRows(record, 'agent').map((row) => row.slice(4, 9));

describe('uncertain.csv', () => {
  it('has what a person needs to look at the server', () => {
    const failure = madeFailure({ code: 'TIMEOUT', message: '=no answer', uncertain: true });
    const record = madeRecord({ id: '=a', trial: 2, turn: 3, thread_id: 'th', run_id: 'r', failure });

    expect(uncertainHeader).toEqual(['id', 'trial', 'turn', 'thread_id', 'run_id', 'error_code', 'error']);
    expect(uncertainRow(record, 'agent')).toEqual(['=a', '2', '3', 'th', 'r', 'TIMEOUT', "'=no answer"]);
    expect(uncertainRow(record, 'all')[0]).toBe("'=a");
    expect(uncertainRow(record, 'none').at(-1)).toBe('=no answer');
  });

  it('has failures whose end is unknown, and errors.csv has none of them', async () => {
    const lost = madeFailure({ code: 'TIMEOUT', may_have_run: true, uncertain: true });

    await using batch = await csvBatch('id,prompt\na,1\nb,2\nc,3\n', ({ id }) => [
      { outcome: 'error', failure: id === 'b' ? lost : madeFailure(), run_id: `run-${id}` },
    ]);

    expect(await batch.byColumn('uncertain.csv')).toMatchObject([
      { id: 'b', run_id: 'run-b', error_code: 'TIMEOUT' },
    ]);
    expect((await batch.byColumn('errors.csv')).map(({ id }) => id)).toEqual(['a', 'c']);
  });
});

describe('interrupted.csv', () => {
  it('has a line for each action asked for, numbered within its interrupt', () => {
    const record = waiting(
      {
        id: 'i-1',
        value: {
          action_requests: [
            { name: 'pay', args: { amount: 12 }, description: 'Pay 12 to Ann?' },
            { name: 'mail', args: { to: 'ann@b.example' } },
          ],
          review_configs: [{ action_name: 'pay', allowed_decisions: ['approve', 'reject'] }],
        },
      },
      { id: 'i-2', value: { action_requests: [{ action: 'delete', arguments: { all: true } }] } },
    );

    expect(interruptedHeader).toEqual(
      'id,trial,turn,thread_id,interrupt_id,action,tool,args,question,decision'.split(','),
    );
    expect(interruptedRows(record, 'agent')).toEqual([
      ['a', '2', '3', 'th-1', 'i-1', '1', 'pay', '{"amount":12}', 'Pay 12 to Ann?', ''],
      ['a', '2', '3', 'th-1', 'i-1', '2', 'mail', '{"to":"ann@b.example"}', '', ''],
      ['a', '2', '3', 'th-1', 'i-2', '1', 'delete', '{"all":true}', '', ''],
    ]);
  });

  it.each<[string, Json, string, string]>([
    ['a plain question', 'approve?', '', 'approve?'],
    ['a question by name', { question: 'approve "pay"?' }, '', 'approve "pay"?'],
    ['a question about something', { question: 'approve?', amount: 12 }, '{"amount":12}', 'approve?'],
    [
      'an authorisation',
      { auth_required: true, auth_url: 'https://auth.example/x' },
      '',
      '{"auth_required":true,"auth_url":"https://auth.example/x"}',
    ],
    ['something else', [1, { a: null }], '', '[1,{"a":null}]'],
    ['nothing', null, '', ''],
    ['an empty list of actions', { action_requests: [] }, '', '{"action_requests":[]}'],
  ])('asks one thing where the interrupt is %s', (_, value, args, question) => {
    expect(asked(waiting({ id: 'i-1', value }))).toEqual([['i-1', '1', '', args, question]]);
  });

  it('has a line for a breakpoint, which asks nothing', () => {
    expect(asked(waiting())).toEqual([['', '1', '', '', '']]);
  });

  it('loses no action, whatever it is', () => {
    const record = waiting({
      id: 'i-1',
      value: { action_requests: ['pay?', null, { name: 7, args: null }] },
    });

    expect(asked(record)).toEqual([
      ['i-1', '1', '', '', 'pay?'],
      ['i-1', '2', '', '', ''],
      ['i-1', '3', '7', '{}', ''],
    ]);
  });

  it('guards what the agent made', () => {
    const record = waiting({
      id: '=i',
      value: { action_requests: [{ name: '@t', args: {}, description: '=1+1' }] },
    });

    expect(asked(record)).toEqual([["'=i", '1', "'@t", '{}', "'=1+1"]]);
  });

  it('stands in dataset order, the interrupted alone', async () => {
    await using batch = await csvBatch('id,prompt\na,1\nb,2\nc,3\n', ({ id }) => [
      id === 'b' ? {} : { outcome: 'interrupted', interrupts: [{ id: `i-${id}`, value: `and ${id}?` }] },
    ]);

    expect(await batch.byColumn('interrupted.csv')).toMatchObject([
      { id: 'a', interrupt_id: 'i-a', question: 'and a?', decision: '' },
      { id: 'c', interrupt_id: 'i-c', question: 'and c?', decision: '' },
    ]);
  });
});
