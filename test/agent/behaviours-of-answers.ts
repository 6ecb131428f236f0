/** What may come instead of a whole answer, and answers that come in other clothes. */

import {
  type AgentServer,
  cutsChunked,
  cutsStreamAfter,
  emptyBody,
  type Fault,
  gzip,
  html,
  notJson,
  onCreate,
  onRoute,
  silentAfterHeaders,
  stallsStreamAfter,
  status,
  streams,
  streamWithEnd,
  streamWithoutValue,
  truncates,
} from '../support/agent-server.ts';
import {
  type Behaviour,
  everywhere,
  ran,
  refused,
  stateless,
  statelessStream,
  statelessWait,
  succeeds,
  threaded,
  unknown,
} from './behaviours.ts';

/** The answer comes as this fault has it, of an agent that streams. */
const comes = (fault: Fault) => ({
  script: () => ({ agent: () => streams(['echo: ', 'hi']), faults: onCreate(1, fault) }),
});

/** A proxy takes the headers that tell the run. */
const withoutHeaders: Fault = async ({ handle, write }) => {
  const { headers, ...answer } = await handle();
  await write({ ...answer, headers: { 'content-type': headers['content-type'] ?? '' } });
};

/** The run is told as running, though it has answered. */
const stillRunning: Fault = async ({ handle, write }) => {
  const answer = await handle();
  await write({ ...answer, body: JSON.stringify({ ...JSON.parse(String(answer.body)), status: 'running' }) });
};

/** The thread is deleted, then the request is handled. */
const afterDeletion =
  (self: () => AgentServer): Fault =>
  async ({ request, handle, write }) => {
    await fetch(`${self().url}/threads/${request.threadId}`, { method: 'DELETE' });
    await write(await handle());
  };

/** The run is made, then the thread is deleted and the connection breaks. */
const lostWithItsThread =
  (self: () => AgentServer): Fault =>
  async ({ request, handle, socket }) => {
    await handle();
    await fetch(`${self().url}/threads/${request.threadId}`, { method: 'DELETE' });
    socket.destroy();
  };

/** Blanks, more than may come: of a stream within one event. */
const blanks: Fault = async ({ request, handle, write }) => {
  const body = request.route.endsWith('/stream') ? `data: ${' '.repeat(20_000)}` : '\n'.repeat(20_000);
  await write({ ...(await handle()), body });
};

/** A state nested deeper than anybody could write again; the same wherever it is told. */
const deepState = `{"messages":[{"type":"ai","content":"hi"}],"deep":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
const deepEvent = `event: messages\ndata: [{"type":"AIMessageChunk","id":"a","content":"hi"},{}]\n\nevent: values\ndata: ${deepState}\n\n`;
const deep: Fault = async ({ request, handle, write }) => {
  const answer = await handle();
  if (request.route.endsWith('/stream')) return write({ ...answer, body: deepEvent });
  await write({ ...answer, body: request.route.endsWith('/history') ? `[${deepState}]` : deepState });
};

const run = 'GET /threads/{t}/runs/{r}';
const thread = 'GET /threads/{t}';
const history = 'POST /threads/{t}/history';
const cut = /^\{"messages":\[\{"con/;
const stream = (...cases: Behaviour['cases'][number][]) =>
  cases.map(({ where, ends }) => ({ where: { ...where, stream: true }, ends }));

export const answerBehaviours: readonly Behaviour[] = [
  { behaviour: 'the answer is gzipped, unasked', cases: everywhere(succeeds()), ...comes(gzip()) },
  {
    behaviour: 'the stream has an `end` event',
    cases: stream(...everywhere(succeeds())),
    ...comes(streamWithEnd()),
  },
  {
    behaviour: 'a proxy takes the headers away that name the run',
    cases: everywhere(succeeds()),
    ...comes(withoutHeaders),
  },
  {
    behaviour: 'the run is still told as running after its answer',
    cases: [threaded(succeeds())],
    script: () => ({ faults: onRoute(run, [1, 2], stillRunning) }),
  },
  {
    behaviour: 'the answer is larger than `--max-answer`, the state is not',
    cases: [threaded(succeeds()), stateless(unknown('protocol', 'ANSWER_TOO_LARGE', null))],
    client: { maxAnswerBytes: 10_000 },
    ...comes(blanks),
  },
  {
    behaviour: 'the answer and the state are larger than `--max-answer`',
    cases: [
      { where: { mode: 'threaded', stream: true }, ends: ran('protocol', 'ANSWER_TOO_LARGE', /^x{9}/) },
      threaded(ran('protocol', 'ANSWER_TOO_LARGE', cut)),
      statelessStream(unknown('protocol', 'ANSWER_TOO_LARGE', /^x{9}/)),
      stateless(unknown('protocol', 'ANSWER_TOO_LARGE', cut)),
    ],
    client: { maxAnswerBytes: 10_000 },
    script: () => ({ agent: () => streams(['x'.repeat(9_000), 'x'.repeat(9_000)]) }),
  },
  {
    behaviour: 'the answer and the state are nested 10,000 deep',
    cases: [
      { where: { mode: 'threaded', stream: true }, ends: ran('protocol', 'ANSWER_TOO_DEEP', 'hi') },
      threaded(ran('protocol', 'ANSWER_TOO_DEEP', /^\{"messages"/)),
      statelessStream(unknown('protocol', 'ANSWER_TOO_DEEP', 'hi')),
      stateless(unknown('protocol', 'ANSWER_TOO_DEEP', /^\{"messages"/)),
    ],
    script: () => ({
      faults: [onCreate('every', deep), onRoute(thread, 'every', deep), onRoute(history, 'every', deep)],
    }),
  },
  {
    behaviour: 'the stream ends without a value',
    cases: stream(threaded(succeeds()), stateless(unknown('protocol', 'STREAM_NO_VALUE', 'echo: hi'))),
    ...comes(streamWithoutValue()),
  },
  {
    behaviour: 'the stream breaks in the middle of a frame',
    cases: stream(threaded(succeeds()), stateless(unknown('reset', 'BODY_CUT_SHORT', 'echo: hi'))),
    ...comes(cutsStreamAfter(4, true)),
  },
  {
    behaviour: 'the stream breaks between two tokens',
    cases: stream(threaded(succeeds()), stateless(unknown('reset', 'BODY_CUT_SHORT', 'echo: '))),
    ...comes(cutsStreamAfter(3)),
  },
  {
    behaviour: 'the stream falls silent for `--idle-timeout`',
    cases: stream(threaded(succeeds()), stateless(unknown('timeout', 'IDLE_TIMEOUT', 'echo: hi'))),
    clock: 'pumped',
    ...comes(stallsStreamAfter(4)),
  },
  {
    behaviour: 'the answer falls silent after its headers for `--idle-timeout`',
    cases: [threaded(succeeds()), stateless(unknown('timeout', 'IDLE_TIMEOUT', null))],
    clock: 'pumped',
    ...comes(silentAfterHeaders()),
  },
  {
    behaviour: 'the answer ends before its `content-length`',
    cases: [
      threaded(succeeds()),
      statelessWait(unknown('reset', 'BODY_CUT_SHORT', cut)),
      statelessStream(unknown('reset', 'BODY_CUT_SHORT', null)),
    ],
    ...comes(truncates(30)),
  },
  {
    behaviour: 'a chunked answer ends without its last chunk',
    cases: [
      threaded(succeeds()),
      statelessWait(unknown('reset', 'BODY_CUT_SHORT', cut)),
      statelessStream(unknown('reset', 'BODY_CUT_SHORT', null)),
    ],
    ...comes(cutsChunked(30)),
  },
  {
    behaviour: 'a gzipped answer is cut',
    cases: [threaded(succeeds()), stateless(unknown('reset', 'BODY_CUT_SHORT', null))],
    ...comes(gzip(15)),
  },
  {
    behaviour: 'the answer is JSON that is not whole',
    cases: [
      threaded(succeeds()),
      statelessWait(unknown('protocol', 'BODY_CUT_SHORT', '{"messages": [{"type": "ai", "cont')),
      statelessStream(unknown('protocol', 'STREAM_NO_VALUE', null)),
    ],
    ...comes(notJson()),
  },
  {
    behaviour: 'the answer is no JSON',
    cases: [
      threaded(succeeds()),
      statelessWait(unknown('protocol', 'NOT_JSON', 'upstream: no')),
      statelessStream(unknown('protocol', 'STREAM_NO_VALUE', null)),
    ],
    ...comes(notJson('upstream: no')),
  },
  {
    behaviour: 'the answer is empty',
    cases: [
      threaded(succeeds()),
      statelessWait(unknown('protocol', 'BODY_CUT_SHORT', null)),
      statelessStream(unknown('protocol', 'STREAM_NO_VALUE', null)),
    ],
    ...comes(emptyBody()),
  },
  {
    behaviour: 'a web page comes with HTTP 200, as from a login page',
    cases: [
      threaded(refused('protocol', 'HTML_ANSWER', /Sign in/)),
      stateless(unknown('protocol', 'HTML_ANSWER', /Sign in/)),
    ],
    ...comes(html()),
  },
  {
    behaviour: 'HTTP 204 comes instead of an answer',
    cases: [
      threaded(refused('protocol', 'UNEXPECTED_ANSWER', null)),
      stateless(unknown('protocol', 'UNEXPECTED_ANSWER', null)),
    ],
    ...comes(status(204, '')),
  },
  {
    behaviour: 'the run is gone after its answer (404)',
    cases: [threaded(unknown('not_found', 'RUN_GONE', 'echo: hi'))],
    script: () => ({ faults: onRoute(run, 'every', status(404, 'Run not found')) }),
  },
  {
    behaviour: 'the thread is gone after the answer (404)',
    cases: [threaded(unknown('not_found', 'RUN_GONE', 'echo: hi'))],
    script: (_, self) => ({ faults: onRoute(run, 1, afterDeletion(self)) }),
  },
  {
    behaviour: 'the answer is lost, and the thread is deleted meanwhile',
    cases: [threaded(unknown('not_found', 'THREAD_GONE', null))],
    script: (_, self) => ({ faults: onCreate(1, lostWithItsThread(self)) }),
  },
  {
    behaviour: 'somebody deletes the thread before the turn is sent',
    cases: [threaded(refused('not_found', 'THREAD_GONE', null))],
    script: (_, self) => ({ faults: onCreate(1, afterDeletion(self)) }),
  },
];
