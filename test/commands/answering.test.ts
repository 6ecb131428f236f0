/** Runs that wait for a human and are answered: by script, or by --on-interrupt. */

import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/types.ts';
import {
  type AgentServer,
  breakpoint,
  interrupts,
  type ScriptedAgent,
  says,
  startAgentServer,
} from '../support/agent-server.ts';
import { workplace } from '../support/threadmill.ts';

const id = (letter: string) => letter.repeat(32);
const at = ({ url }: AgentServer) => ['--url', url, '--agent', 'agent', '--out', 'out', '--progress', 'none'];

/** Asks `count` questions, one after the other, then tells what it was answered. */
const asks = (count: number): ScriptedAgent => {
  const answered = new Map<string, Json[]>();
  return ({ thread, resume, prompt }) => {
    const all = [...(answered.get(thread) ?? []), ...(resume === undefined ? [] : [resume])];
    answered.set(thread, all);
    if (all.length >= count) return says(`${prompt}: ${JSON.stringify(all)}`);
    return interrupts([{ id: id('abcdef'.charAt(all.length)), value: { question: `${all.length + 1}?` } }]);
  };
};

const requests = {
  action_requests: [
    { name: 'refund', args: { order: 1 } },
    { name: 'cancel', args: { order: 2 } },
  ],
};
/** As LangChain's JavaScript asks, which has other names on the wire than its Python. */
const inJavaScript = (allowedDecisions: string[]) => ({
  actionRequests: requests.action_requests,
  reviewConfigs: requests.action_requests.map(({ name }) => ({ actionName: name, allowedDecisions })),
});
const asksFor =
  (value: Json): ScriptedAgent =>
  ({ resume }) =>
    resume === undefined ? interrupts([{ id: id('a'), value }]) : says(JSON.stringify(resume));

/** What was sent to answer, in order. */
const sent = (server: AgentServer) =>
  server.runs.flatMap(({ kwargs }) => (kwargs['command'] === undefined ? [] : [kwargs['command']]));

const jsonl = (...rows: object[]) => rows.map((row) => JSON.stringify(row)).join('\n');

describe('scripted answers', () => {
  it('are given in order, one for each interrupt, and the record tells them', async () => {
    await using server = await startAgentServer({ agent: asks(2) });
    await using place = await workplace({
      'qa.jsonl': jsonl({ id: 'a', prompt: 'go', resume: ['yes', { n: 2 }] }),
    });

    const { code } = await place.command(['run', 'qa.jsonl', ...at(server)]);

    expect(code).toBe(0);
    expect(sent(server)).toEqual([{ resume: { [id('a')]: 'yes' } }, { resume: { [id('b')]: { n: 2 } } }]);
    const [record] = await place.batch('out').records();
    expect(record).toMatchObject({
      outcome: 'success',
      response: 'go: ["yes",{"n":2}]',
      interrupts: [],
      answers: [
        { stop: 1, interrupt_id: id('a'), asked: { question: '1?' }, answer: 'yes', by: 'script' },
        { stop: 2, interrupt_id: id('b'), asked: { question: '2?' }, answer: { n: 2 }, by: 'script' },
      ],
    });
    expect(record?.attempts).toHaveLength(1);
    expect(server.runs.map(({ metadata }) => metadata['threadmill_stop'])).toEqual([undefined, 1, 2]);
    expect(server.threads.size).toBe(0);
  });

  it('that are too few leave the run waiting, and it is told', async () => {
    await using server = await startAgentServer({ agent: asks(2) });
    await using place = await workplace({ 'qa.csv': 'id,prompt,resume\na,go,"[""yes""]"\n' });

    const { code } = await place.command(['run', 'qa.csv', ...at(server), '--on-interrupt', 'approve']);

    expect(code).toBe(1);
    const [record] = await place.batch('out').records();
    expect(record).toMatchObject({ outcome: 'interrupted', interrupts: [{ id: id('b') }] });
    expect(record?.failure?.message).toBe(
      'waits for a human: 2? (its resume list had 1 answer, and all are used up)',
    );
    expect(sent(server)).toHaveLength(1);
  });

  it('answer several interrupts at once by their ids', async () => {
    const agent: ScriptedAgent = ({ resume }) =>
      resume === undefined
        ? interrupts([
            { id: id('a'), value: 'one?' },
            { id: id('b'), value: 'two?' },
          ])
        : says('done');
    await using server = await startAgentServer({ agent });
    await using place = await workplace({ 'qa.jsonl': jsonl({ prompt: 'go', resume: [1, false] }) });

    const { code } = await place.command(['run', 'qa.jsonl', ...at(server)]);

    expect(code).toBe(0);
    expect(sent(server)).toEqual([{ resume: { [id('a')]: 1, [id('b')]: false } }]);
  });

  it('of a conversation in one row may be a list for each turn', async () => {
    await using server = await startAgentServer({ agent: asksFor('sure?') });
    const row = { id: 'c', turns: ['one', 'two', 'three'], resume: [['first'], null, ['third']] };
    await using place = await workplace({ 'qa.jsonl': jsonl(row) });

    await place.command(['run', 'qa.jsonl', ...at(server)]);

    const records = await place.batch('out').records();
    expect(records.map(({ outcome }) => outcome)).toEqual(['success', 'interrupted', 'skipped']);
    expect(sent(server)).toEqual([{ resume: { [id('a')]: 'first' } }]);
  });
});

describe('--on-interrupt', () => {
  it.each([
    ['approve', requests, { decisions: [{ type: 'approve' }, { type: 'approve' }] }],
    ['approve', inJavaScript(['approve']), { decisions: [{ type: 'approve' }, { type: 'approve' }] }],
    ['reject', requests, { decisions: [{ type: 'reject' }, { type: 'reject' }] }],
    ['approve', { question: 'sure?' }, true],
    ['reject', 'sure?', false],
  ] as const)('%s answers %j', async (policy, value, answer) => {
    await using server = await startAgentServer({ agent: asksFor(value as unknown as Json) });
    await using place = await workplace({ 'qa.csv': 'id,prompt\na,go\n' });

    const { code } = await place.command(['run', 'qa.csv', ...at(server), '--on-interrupt', policy]);

    expect(code).toBe(0);
    expect(sent(server)).toEqual([{ resume: { [id('a')]: answer } }]);
  });

  it.each(['approve', 'reject'])('%s at a breakpoint', async (policy) => {
    const agent: ScriptedAgent = ({ attempt }) => (attempt === 1 ? breakpoint() : says('went on'));
    await using server = await startAgentServer({ agent });
    await using place = await workplace({ 'qa.csv': 'id,prompt\na,go\n' });

    await place.command(['run', 'qa.csv', ...at(server), '--on-interrupt', policy]);

    const [record] = await place.batch('out').records();
    expect(record?.outcome).toBe(policy === 'approve' ? 'success' : 'interrupted');
    expect(server.runs).toHaveLength(policy === 'approve' ? 2 : 1);
    expect(sent(server)).toEqual([]);
  });

  it.each(['script', 'policy'])('sends nothing that the agent says it does not take: %s', async (by) => {
    const resume =
      by === 'script' ? { resume: [{ decisions: [{ type: 'reject' }, { type: 'reject' }] }] } : {};
    await using server = await startAgentServer({ agent: asksFor(inJavaScript(['approve', 'edit'])) });
    await using place = await workplace({ 'qa.jsonl': jsonl({ id: 'a', prompt: 'go', ...resume }) });

    const { code } = await place.command(['run', 'qa.jsonl', ...at(server), '--on-interrupt', 'reject']);

    const [record] = await place.batch('out').records();
    expect([code, sent(server), record?.outcome]).toEqual([1, [], 'interrupted']);
    expect(record?.failure?.message).toContain(
      'expected approve or edit, for the agent takes nothing else on refund, saw reject',
    );
  });

  it('authorises no tool', async () => {
    const value = { auth_required: true, auth_url: 'https://example.com/sign-in' };
    await using server = await startAgentServer({ agent: asksFor(value) });
    await using place = await workplace({ 'qa.csv': 'id,prompt\na,go\n' });

    await place.command(['run', 'qa.csv', ...at(server), '--on-interrupt', 'approve']);

    expect(server.runs).toHaveLength(1);
  });
});

describe('expected_interrupts', () => {
  it('score what a run stops to ask, and mark one that waits as expected', async () => {
    await using server = await startAgentServer({ agent: asksFor(requests) });
    const expected = ['refund', { name: 'cancel', args: { order: 2 } }];
    await using place = await workplace({
      'qa.jsonl': jsonl(
        { id: 'as expected', prompt: 'a', expected_interrupts: expected },
        { id: 'otherwise', prompt: 'b', expected_interrupts: ['refund'] },
        { id: 'answered', prompt: 'c', expected_interrupts: expected, resume: [true] },
      ),
    });

    const { stderr } = await place.command(['run', 'qa.jsonl', ...at(server), '--on-interrupt', 'fail']);

    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      'scored by interrupts (examples say what their runs stop to ask)',
    );
    const records = await place.batch('out').records();
    const told = records.map(({ id, outcome, interrupt_expected, scores }) => [
      id,
      outcome,
      interrupt_expected,
      scores['interrupts']?.value,
    ]);
    expect(told.sort()).toEqual([
      ['answered', 'success', undefined, 1],
      ['as expected', 'interrupted', true, 1],
      ['otherwise', 'error', undefined, null],
    ]);
  });

  it.each([
    ['{"tool":"x"}', '"expected_interrupts"'],
    ['[3]', '"expected_interrupts[0]"'],
    ['[{"question":"a","name":"b"}]', 'expected question alone, saw "name" beside it'],
  ])('%s is refused before anything is sent', async (cell, fault) => {
    await using server = await startAgentServer();
    await using place = await workplace({ 'qa.jsonl': `{"prompt":"a","expected_interrupts":${cell}}` });

    const { code, stderr } = await place.command(['run', 'qa.jsonl', ...at(server)]);

    expect([code, server.runs.length]).toEqual([2, 0]);
    expect(stderr).toContain(fault);
  });
});

describe('a script', () => {
  it('that is too long is told, in the record and at the end', async () => {
    await using server = await startAgentServer({ agent: asks(1) });
    await using place = await workplace({ 'qa.jsonl': jsonl({ id: 'a', prompt: 'go', resume: [1, 2, 3] }) });

    const { code, stderr } = await place.command(['run', 'qa.jsonl', ...at(server)]);

    expect(code).toBe(0);
    expect((await place.batch('out').records())[0]).toMatchObject({ outcome: 'success', answers_left: 2 });
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      'one turn ended with scripted answers left that nothing asked for: "a"',
    );
  });

  it('of a conversation in one row goes on from turn to turn', async () => {
    await using server = await startAgentServer({ agent: asksFor('sure?') });
    const row = { id: 'c', turns: ['one', 'two'], resume: ['first', 'second', 'third'] };
    await using place = await workplace({ 'qa.jsonl': jsonl(row) });

    const { code } = await place.command(['run', 'qa.jsonl', ...at(server)]);

    expect(code).toBe(0);
    expect(sent(server)).toEqual(['first', 'second'].map((answer) => ({ resume: { [id('a')]: answer } })));
  });
});
