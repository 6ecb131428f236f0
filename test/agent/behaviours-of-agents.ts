/** What agents do, as servers tell it. */

import {
  adds,
  after,
  breakpoint,
  cancelledHalfway,
  emptyResult,
  type Fault,
  interrupts,
  onCreate,
  outputs,
  type Reply,
  says,
  streams,
  throwsError,
  timesOut,
} from '../support/agent-server.ts';
import { type Behaviour, everywhere, ran, stateless, succeeds, threaded, waits } from './behaviours.ts';

/** The answer's text comes token by token, before whatever else comes. */
const saysFirst =
  (text: string): Fault =>
  async ({ handle, write }) => {
    const answer = await handle();
    const { body } = answer;
    if (body === null || typeof body === 'string' || Buffer.isBuffer(body)) return write(answer);
    const chunk = [{ type: 'AIMessageChunk', content: text, id: 'm1' }, {}];
    await write({ ...answer, body: withError(body, `event: messages\ndata: ${JSON.stringify(chunk)}\n\n`) });
  };

async function* withError(frames: AsyncIterable<string>, said: string): AsyncGenerator<string> {
  for await (const frame of frames) {
    if (frame.startsWith('event: error')) yield said;
    yield frame;
  }
}

const does = (reply: Reply) => ({ script: () => ({ agent: () => reply }) });

const callsTool = adds([
  {
    type: 'ai',
    content: 'I will send it.',
    tool_calls: [{ name: 'send', args: { to: 'a@b.c' }, id: 'call_1', type: 'tool_call' }],
  },
]);
const proposal = callsTool.does === 'update' ? (callsTool.update['messages'] as []) : [];

/** Without a thread a local server fails to pause, as nothing remembers where. */
const noPause = {
  where: { mode: 'stateless', flavour: 'local' },
  ends: ran('agent', 'AGENT_ERROR', null),
} as const;
const paused = (code: string, response: string | null = null) => [
  noPause,
  ...everywhere(waits(code, response)),
];

const action = { name: 'send', args: { to: 'a@b.c' }, description: 'Send mail?' };

export const agentBehaviours: readonly Behaviour[] = [
  { behaviour: 'the agent answers', cases: everywhere(succeeds()) },
  {
    behaviour: 'the agent answers after a while, with signs of life meanwhile',
    cases: everywhere(succeeds('late')),
    clock: 'real',
    script: () => ({ agent: () => after(60, says('late')), heartbeatMs: 20 }),
  },
  {
    behaviour: 'the agent is no chat: its state has no messages',
    cases: everywhere(succeeds('{"mail":"Win!","label":"spam"}')),
    input: { mail: 'Win!' },
    ...does(outputs({ label: 'spam' })),
  },
  {
    behaviour: 'the graph throws (HTTP 200 with `__error__`)',
    cases: everywhere(ran('agent', 'AGENT_ERROR', null)),
    ...does(throwsError('ValueError', 'no such order')),
  },
  {
    behaviour: 'somebody cancels the run (HTTP 200 with half a state)',
    cases: [threaded(ran('cancelled', 'RUN_CANCELLED', null)), stateless(ran('protocol', 'NO_RESULT', null))],
    ...does(cancelledHalfway()),
  },
  {
    behaviour: "the server's own time limit ends the run (HTTP 200 with half a state)",
    cases: [threaded(ran('agent', 'RUN_TIMEOUT', null)), stateless(ran('protocol', 'NO_RESULT', null))],
    ...does(timesOut()),
  },
  {
    behaviour: 'the agent asks a human (`__interrupt__` alone)',
    cases: paused('WAITS_FOR_HUMAN'),
    ...does(interrupts([{ id: 'i1', value: { question: 'approve?' } }])),
  },
  {
    behaviour: 'the agent asks a human (`__interrupt__` beside messages)',
    cases: paused('WAITS_FOR_HUMAN', 'I will send it.'),
    ...does(interrupts([{ id: 'i1', value: 'approve?' }], { withMessages: true, adds: proposal })),
  },
  {
    behaviour: 'the agent asks several things at once',
    cases: paused('WAITS_FOR_HUMAN'),
    ...does(
      interrupts([
        { id: 'i1', value: { question: 'first?' } },
        { id: 'i2', value: { question: 'second?' } },
      ]),
    ),
  },
  {
    behaviour: "LangChain's human in the loop (`action_requests`)",
    cases: paused('WAITS_FOR_HUMAN'),
    ...does(interrupts([{ id: 'i1', value: { action_requests: [action], review_configs: [] } }])),
  },
  {
    behaviour: 'a tool waits for authorisation (`auth_required`, `auth_url`)',
    cases: paused('AUTH_REQUIRED'),
    ...does(interrupts([{ id: 'i1', value: { auth_required: true, auth_url: 'https://auth.example/go' } }])),
  },
  {
    behaviour: 'the graph stops at a breakpoint (`__interrupt__` empty)',
    cases: everywhere(waits('BREAKPOINT')),
    ...does(breakpoint()),
  },
  {
    behaviour: 'the run succeeds and answers `null`',
    cases: [threaded(succeeds(null)), stateless(ran('protocol', 'NO_RESULT', null))],
    ...does(emptyResult(null)),
  },
  {
    behaviour: 'the run succeeds and answers `{}`',
    cases: [threaded(succeeds(null)), stateless(ran('protocol', 'NO_RESULT', null))],
    ...does(emptyResult({})),
  },
  {
    behaviour: 'the graph throws after it has said something',
    cases: [
      { where: { stream: true }, ends: ran('agent', 'AGENT_ERROR', 'half an') },
      { where: { stream: false }, ends: ran('agent', 'AGENT_ERROR', null) },
    ],
    script: () => ({
      agent: () => throwsError('ValueError', 'broke'),
      faults: onCreate(1, saysFirst('half an')),
    }),
  },
  {
    behaviour: 'the model streams its answer',
    cases: everywhere(succeeds('one two')),
    ...does(streams(['one ', 'two'])),
  },
];
