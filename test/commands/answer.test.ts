/** `threadmill answer`: what waits for a person, decided in a copy of interrupted.csv. */

import { stringify } from 'csv-stringify/sync';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/types.ts';
import {
  type AgentServer,
  breakpoint,
  interrupts,
  type ScriptedAgent,
  says,
  startAgentServer,
  until,
} from '../support/agent-server.ts';
import { gate } from '../support/gate.ts';
import { type Workplace, workplace } from '../support/threadmill.ts';

const id = (letter: string) => letter.repeat(32);
const at = ({ url }: AgentServer) => ['--url', url, '--agent', 'agent', '--out', 'out', '--progress', 'none'];

const requests = (count: number) => ({
  action_requests: Array.from({ length: count }, (_, place) => ({
    name: `tool_${place + 1}`,
    args: { order: place + 1 },
    description: `May I do ${place + 1}?`,
  })),
  review_configs: [{ action_name: 'tool_2', allowed_decisions: ['approve', 'reject'] }],
});

/** Asks by the first word of the prompt, then tells what it was answered; `twice` asks the same twice. */
const asking = (): ScriptedAgent => {
  const answered = new Map<string, Json[]>();
  return ({ prompt, resume, thread, attempt }) => {
    const all = [...(answered.get(thread) ?? []), ...(resume === undefined ? [] : [resume])];
    answered.set(thread, all);
    const [kind] = prompt.split(' ');
    if (kind === 'pause') return attempt === 1 ? breakpoint() : says('went on');
    if (kind === 'plain' || all.length >= (kind === 'twice' ? 2 : 1)) return says(JSON.stringify(all));
    const value: Json =
      kind === 'tools' ? requests(2) : kind === 'tool' ? requests(1) : { question: 'sure?' };
    const both = kind === 'both' ? [{ id: id('b'), value: 'other?' }] : [];
    return interrupts([{ id: id('a'), value }, ...both]);
  };
};

const dataset = (...prompts: string[]) =>
  `id,prompt\n${prompts.map((prompt, place) => `r${place + 1},${prompt}\n`).join('')}`;

async function waiting(server: AgentServer, ...prompts: string[]): Promise<Workplace> {
  const place = await workplace({ 'qa.csv': dataset(...prompts) });
  await place.command(['run', 'qa.csv', ...at(server)]);
  return place;
}

/** A copy of interrupted.csv, with these decisions in its lines. */
async function decide(place: Workplace, ...decisions: string[]): Promise<void> {
  const rows = await place.batch('out').csv('interrupted.csv');
  const decided = rows.map((row, at) => ({ ...row, decision: decisions[at] ?? '' }));
  await place.file('decisions.csv', stringify(decided, { header: true }));
}

const answer = (place: Workplace, ...args: string[]) =>
  place.command(['answer', 'out', 'decisions.csv', ...args]);

const sent = (server: AgentServer) =>
  server.runs.flatMap(({ kwargs }) => (kwargs['command'] === undefined ? [] : [kwargs['command']]));
const resumed = (answer: Json) => [{ resume: { [id('a')]: answer } }];

describe('a decision', () => {
  it.each<[string, string[], Json]>([
    ['sure', ['approve'], true],
    ['sure', [' Reject '], false],
    ['sure', ['"yes"'], 'yes'],
    ['sure', ['{"n": [1, null]}'], { n: [1, null] }],
    ['tool', ['approve'], { decisions: [{ type: 'approve' }] }],
    [
      'tool',
      ['reject: too dear, and late'],
      { decisions: [{ type: 'reject', message: 'too dear, and late' }] },
    ],
    ['tool', ['reject'], { decisions: [{ type: 'reject' }] }],
    [
      'tool',
      ['edit {"order": 7}'],
      { decisions: [{ type: 'edit', edited_action: { name: 'tool_1', args: { order: 7 } } }] },
    ],
    ['tool', ['{"type":"respond","message":"no"}'], { decisions: [{ type: 'respond', message: 'no' }] }],
    ['tools', ['reject', 'approve'], { decisions: [{ type: 'reject' }, { type: 'approve' }] }],
  ])('on %s: %j', async (prompt, decisions, expected) => {
    await using server = await startAgentServer({ agent: asking() });
    await using place = await waiting(server, prompt, 'plain');
    await decide(place, ...decisions);

    const { code, stderr } = await answer(place);

    expect(stderr).toContain('Plan: 1 turn of 2 once more (as decided in decisions.csv)');
    expect(sent(server)).toEqual(resumed(expected));
    expect(code).toBe(0);
    const newest = (await place.batch('out').records()).at(-1);
    expect(newest).toMatchObject({
      id: 'r1',
      revision: 2,
      outcome: 'success',
      response: JSON.stringify([expected]),
      answers: [{ stop: 1, interrupt_id: id('a'), answer: expected, by: 'person' }],
    });
    expect(newest?.attempts).toHaveLength(2);
    expect(await place.batch('out').csv('interrupted.csv')).toEqual([]);
    expect(server.threads.size).toBe(0);
  });

  it('lets a breakpoint go on', async () => {
    await using server = await startAgentServer({ agent: asking() });
    await using place = await waiting(server, 'pause');
    await decide(place, 'approve');

    const { code } = await answer(place);

    expect(code).toBe(0);
    expect(sent(server)).toEqual([]);
    expect(server.runs.map(({ input }) => input === null)).toEqual([false, true]);
  });

  it('on one of several interrupts leaves the others waiting', async () => {
    await using server = await startAgentServer({ agent: asking() });
    await using place = await waiting(server, 'both');
    await decide(place, '', '"for the other"');

    await answer(place);

    expect(sent(server)).toEqual([{ resume: { [id('b')]: 'for the other' } }]);
  });

  it('is carried out once: the same command sends nothing more, even where the same is asked again', async () => {
    await using server = await startAgentServer({ agent: asking() });
    await using place = await waiting(server, 'twice', 'sure');
    await decide(place, 'approve');
    await answer(place);

    const again = await answer(place);

    expect(sent(server)).toEqual(resumed(true));
    expect(again.stderr).toContain('"r1" was answered by this file before');
    expect(again.stderr).toContain('Nothing was asked');
    const [first] = await place.batch('out').csv('interrupted.csv');
    expect(first).toMatchObject({ id: 'r1', interrupt_id: id('a') });
  });

  it('comes too late where somebody answered meanwhile', async () => {
    await using server = await startAgentServer({ agent: asking() });
    await using place = await waiting(server, 'sure', 'sure too');
    await decide(place, 'approve', 'approve');
    const [thread] = server.threads.keys();
    await fetch(`${server.url}/threads/${thread}/runs/wait`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ assistant_id: server.assistant.assistant_id, command: { resume: 'theirs' } }),
    });

    const { code, stderr } = await answer(place);

    expect(sent(server)).toEqual([{ resume: 'theirs' }, ...resumed(true)]);
    expect(code).toBe(1);
    expect(stderr).toContain('ANSWERED_ELSEWHERE');
    const newest = (await place.batch('out').records()).filter(({ revision }) => revision === 2);
    expect(newest.map(({ outcome, answers }) => [outcome, answers?.length ?? 0]).sort()).toEqual([
      ['error', 0],
      ['success', 1],
    ]);
    const again = await answer(place);
    expect(again.stderr).toContain('was answered by somebody else meanwhile');
    expect(sent(server)).toHaveLength(2);
  });

  it.each([
    ['its run is under way', ''],
    ['its run has ended', 'open'],
  ])('that was sent by a start that was killed while %s is not sent again', async (_, state) => {
    const run = gate();
    const agent = asking();
    await using server = await startAgentServer({
      agent: (asked) => (asked.resume === undefined ? agent(asked) : until(run.opened, says('done'))),
    });
    await using place = await waiting(server, 'sure', 'tool', 'sure too');
    await decide(place, 'approve', 'reject: no', 'false');
    const killed = place.start(['answer', 'out', 'decisions.csv']);
    await server.when(({ runs }) => runs.length === 6);
    killed.process.kill('SIGKILL');
    await killed.ended;
    if (state === 'open') run.open();

    const again = answer(place);
    await server.when(
      ({ requests }) => requests.filter(({ route }) => route === 'GET /threads/{t}/runs').length >= 3,
    );
    run.open();

    expect((await again).code).toBe(0);
    expect(server.runs).toHaveLength(6);
    const newest = (await place.batch('out').records()).filter(({ revision }) => revision === 2);
    expect(newest.map(({ id, outcome }) => `${id} ${outcome}`).sort()).toEqual([
      'r1 success',
      'r2 success',
      'r3 success',
    ]);
    expect(newest.flatMap(({ answers = [] }) => answers)).toHaveLength(3);
  });

  it('goes on with the conversation behind it', async () => {
    await using server = await startAgentServer({ agent: asking() });
    await using place = await workplace({
      'qa.jsonl': JSON.stringify({ id: 'c', turns: ['plain', 'sure', 'plain again'] }),
    });
    await place.command(['run', 'qa.jsonl', ...at(server)]);
    await decide(place, 'approve');

    const { code } = await answer(place);

    expect(code).toBe(0);
    const records = await place.batch('out').records();
    expect(records.map(({ turn, revision, outcome }) => `${turn} ${revision} ${outcome}`)).toEqual([
      '1 1 success',
      '2 1 interrupted',
      '3 1 skipped',
      '2 2 success',
      '3 2 success',
    ]);
    expect(records[3]?.messages).toHaveLength(2);
  });
});

describe('a file of decisions is refused as a whole, and nothing is sent', () => {
  const header = 'id,trial,turn,thread_id,interrupt_id,action,tool,args,question,decision';
  const a = id('a');

  it.each<[string, string, string]>([
    [
      'an unknown id',
      `${header}\nr9,1,,,${a},1,,,,approve\n`,
      'decisions.csv:2: expected a turn of this batch, saw "r9"',
    ],
    ['an unknown trial', `id,trial,decision\nr1,2,approve\n`, 'saw "r1", trial 2'],
    ['one that does not wait', `id,decision\nr3,approve\n`, '"r3" waits for nobody: it ended in success'],
    ['another thread', `id,thread_id,decision\nr1,t-9,approve\n`, 'saw t-9'],
    ['another interrupt', `${header}\nr1,1,,,${id('e')},1,,,,approve\n`, 'asks nothing under the interrupt'],
    [
      'the same twice',
      `id,decision\nr1,approve\nr1,reject\n`,
      'decisions.csv:3: "r1" is decided twice: decisions.csv:2',
    ],
    ['an action left out', `${header}\nr2,1,,,${a},1,,,,approve\n`, 'action 2 (tool_2) has no decision'],
    [
      'an action that is none',
      `${header}\nr2,1,,,${a},3,,,,approve\n`,
      'expected an action from 1 to 2, saw 3',
    ],
    [
      'a word that is none',
      `id,decision\nr1,perhaps\n`,
      'expected approve, reject, reject: why, edit {…} or JSON',
    ],
    ['a word that is nearly one', `id,decision\nr1,aprove\n`, 'saw "aprove"; did you mean approve?'],
    ['a reason for a question', `id,decision\nr1,reject: no\n`, 'expected no reason'],
    [
      'an edit of a question',
      `id,decision\nr1,edit {}\n`,
      'edit: expected an interrupt that asks for a tool call',
    ],
    [
      'an edit that is no JSON',
      `${header}\nr2,1,,,${a},1,,,,edit order 7\nr2,1,,,${a},2,,,,approve\n`,
      'edit: expected the arguments as JSON',
    ],
    [
      'changed arguments',
      `${header}\nr2,1,,,${a},1,tool_1,"{""order"":9}",,approve\nr2,1,,,${a},2,,,,approve\n`,
      'write edit {…} as its decision',
    ],
    [
      'another question',
      `${header}\nr1,1,,,${a},1,,,really?,approve\n`,
      'expected the question that is asked for now',
    ],
    [
      'a decision that the agent does not take',
      `${header}\nr2,1,,,${a},1,,,,approve\nr2,1,,,${a},2,,,,"edit {""order"":9}"\n`,
      'decisions.csv:3: expected approve or reject, for the agent takes nothing else on tool_2, saw edit',
    ],
    ['nothing decided', `id,decision\nr1,\n`, 'expected a decision in at least one line'],
    ['no decision column', `id\nr1\n`, 'expected the columns of interrupted.csv, decision among them'],
    ['a ragged line', `id,decision\nr1\n`, 'decisions.csv:2: expected 2 cells'],
    [
      'a trial that is no number',
      `id,trial,decision\nr1,x,approve\n`,
      '"trial": expected a whole number from 1',
    ],
    ['an empty file', '', 'saw an empty file'],
  ])('for %s', async (_, content, fault) => {
    await using server = await startAgentServer({ agent: asking() });
    await using place = await waiting(server, 'sure', 'tools', 'plain');
    await place.file('decisions.csv', content);

    const { code, stderr } = await answer(place);

    expect(code).toBe(2);
    expect(stderr).toContain(fault);
    expect(server.runs).toHaveLength(3);
  });

  it('for the batch’s own file, and for one that is not there', async () => {
    await using server = await startAgentServer({ agent: asking() });
    await using place = await waiting(server, 'sure');

    const own = await place.command(['answer', 'out', 'out/interrupted.csv']);
    const none = await place.command(['answer', 'out', 'none.csv']);
    const one = await place.command(['answer', 'out']);

    expect([own.code, none.code, one.code]).toEqual([2, 2, 2]);
    expect(own.stderr).toContain('cp out/interrupted.csv decisions.csv');
    expect(none.stderr).toContain('none.csv: cannot be read');
    expect(one.stderr).toContain('answer: expected a file of decisions');
  });
});
