/** `--answers`: rules by the tool that a run wants to call. */

import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/types.ts';
import { type AgentServer, interrupts, says, startAgentServer } from '../support/agent-server.ts';
import { workplace } from '../support/threadmill.ts';

const id = 'a'.repeat(32);
const at = ({ url }: AgentServer) => ['--url', url, '--agent', 'agent', '--out', 'out', '--progress', 'none'];
const actions = (...names: string[]): Json => ({
  action_requests: names.map((name) => ({ name, args: { order: 1, note: 'n' } })),
});
const asks = (value: Json) =>
  startAgentServer({
    agent: ({ resume }) => (resume === undefined ? interrupts([{ id, value }]) : says('done')),
  });
const sent = (server: AgentServer) =>
  server.runs.flatMap(({ kwargs }) => {
    const command = kwargs['command'] as { resume?: Record<string, Json> } | undefined;
    return command?.resume === undefined ? [] : [command.resume[id]];
  });

const rules = `
# The first one that fits decides.
- tool: refund_large
  reject: Ask your manager.
- tool: [refund_*, cancel]
  approve: true
- tool: send
  edit: { note: "a test" }
- tool: ask
  respond: I do not know.
- question: "*sure*"
  answer: { yes: true }
`;

describe('--answers', () => {
  it.each<[string, Json, Json]>([
    ['approve', actions('refund_small'), { decisions: [{ type: 'approve' }] }],
    [
      'reject, with why',
      actions('refund_large'),
      { decisions: [{ type: 'reject', message: 'Ask your manager.' }] },
    ],
    [
      'set arguments',
      actions('send'),
      { decisions: [{ type: 'edit', edited_action: { name: 'send', args: { order: 1, note: 'a test' } } }] },
    ],
    [
      "set arguments, in JavaScript's words",
      { actionRequests: [{ name: 'send', args: { order: 1, note: 'n' } }], reviewConfigs: [] },
      { decisions: [{ type: 'edit', editedAction: { name: 'send', args: { order: 1, note: 'a test' } } }] },
    ],
    ['respond', actions('ask'), { decisions: [{ type: 'respond', message: 'I do not know.' }] }],
    [
      'decide on several actions',
      actions('cancel', 'refund_large'),
      { decisions: [{ type: 'approve' }, { type: 'reject', message: 'Ask your manager.' }] },
    ],
    ['answer a question', { question: 'Are you sure?' }, { yes: true }],
  ])('%s', async (_, value, expected) => {
    await using server = await asks(value);
    await using place = await workplace({ 'qa.csv': 'id,prompt\na,go\n', 'rules.yaml': rules });

    const { code } = await place.command(['run', 'qa.csv', ...at(server), '--answers', 'rules.yaml']);

    expect(code).toBe(0);
    expect(sent(server)).toEqual([expected]);
    expect((await place.batch('out').records())[0]?.answers).toMatchObject([{ by: 'rules' }]);
  });

  it('leave to --on-interrupt what no rule is for', async () => {
    await using server = await asks(actions('delete', 'cancel'));
    await using place = await workplace({ 'qa.csv': 'id,prompt\na,go\n', 'rules.yaml': rules });

    const waits = await place.command(['run', 'qa.csv', ...at(server), '--answers', 'rules.yaml']);
    await place.command([
      ...['run', 'qa.csv', ...at(server), '--new', '--answers', 'rules.yaml', '--on-interrupt', 'reject'],
    ]);

    expect(waits.code).toBe(1);
    expect(waits.stderr.replaceAll(/\s+/g, ' ')).toContain('no rule of --answers is for it');
    expect(sent(server)).toEqual([{ decisions: [{ type: 'reject' }, { type: 'approve' }] }]);
  });

  it('leave waiting what the agent says it does not take', async () => {
    const asked = {
      action_requests: [
        { name: 'send', args: {} },
        { name: 'ask', args: {} },
      ],
    };
    const reviews = [
      { action_name: 'ask', allowed_decisions: ['approve', 'reject'] },
      { action_name: 'send', allowed_decisions: ['edit'] },
    ];
    await using server = await asks({ ...asked, review_configs: reviews });
    await using place = await workplace({ 'qa.csv': 'id,prompt\na,go\n', 'rules.yaml': rules });

    const { code } = await place.command(['run', 'qa.csv', ...at(server), '--answers', 'rules.yaml']);

    const [record] = await place.batch('out').records();
    expect([code, sent(server), record?.outcome]).toEqual([1, [], 'interrupted']);
    expect(record?.failure?.message).toContain(
      '(--answers: expected approve or reject, for the agent takes nothing else on ask, saw respond)',
    );
  });

  it('are told with their lines where they are none, before anything is sent', async () => {
    await using server = await asks('sure?');
    const wrong = [
      'rules:',
      '  - tool: refund',
      '    aprove: true',
      '  - tool: 3',
      '    reject: true',
      '  - tool: a',
      '    edit: []',
      '  - approve: true',
      '  - tool: b',
      '    approve: true',
      '    reject: no',
      'others: 1',
    ].join('\n');
    await using place = await workplace({ 'qa.csv': 'id,prompt\na,go\n', 'rules.yaml': wrong });

    const { code, stderr } = await place.command(['run', 'qa.csv', ...at(server), '--answers', 'rules.yaml']);

    expect(code).toBe(2);
    const told = [...stderr.matchAll(/rules\.yaml:(\d+): (\S+ \S+)/g)].map(
      ([, line, what]) => `${line} ${what}`,
    );
    expect(told).toEqual([
      '12 expected one',
      '3 expected perhaps',
      '4 tool: expected',
      '7 edit: expected',
      '8 expected "tool"',
      '9 expected one',
    ]);
    expect(server.requests).toEqual([]);
  });

  it.each([
    ['no YAML', 'rules: [', 'rules.yaml:1: '],
    ['no list', 'tool: x', 'rules.yaml:1: expected a list of rules'],
    ['an empty file', '', 'rules.yaml:1: expected a list of rules'],
  ])('are refused where they are %s', async (_, content, fault) => {
    await using server = await asks('sure?');
    await using place = await workplace({ 'qa.csv': 'id,prompt\na,go\n', 'rules.yaml': content });

    const { code, stderr } = await place.command(['run', 'qa.csv', ...at(server), '--answers', 'rules.yaml']);

    expect([code, server.requests.length]).toEqual([2, 0]);
    expect(stderr).toContain(fault);
  });

  it('are refused without threads, as are scripts and --on-interrupt', async () => {
    await using server = await asks('sure?');
    await using place = await workplace({
      'qa.csv': 'id,prompt\na,go\n',
      'resume.csv': 'id,prompt,resume\na,go,[true]\n',
      'rules.yaml': rules,
    });
    const stateless = [...at(server), '--mode', 'stateless'];

    const ended = [
      await place.command(['run', 'qa.csv', ...stateless, '--answers', 'rules.yaml']),
      await place.command(['run', 'qa.csv', ...stateless, '--on-interrupt', 'approve']),
      await place.command(['run', 'resume.csv', ...stateless]),
    ];

    expect(ended.map(({ code }) => code)).toEqual([2, 2, 2]);
    expect(ended[2]?.stderr).toContain('the column "resume": a stateless run leaves no thread');
    expect(server.runs).toEqual([]);
  });
});
