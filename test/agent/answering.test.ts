/** What a run that waits is answered reaches it once, whatever becomes of the requests and of the starts that send them. */

import { describe, expect, it } from 'vitest';
import { threadId } from '../../src/agent/request.ts';
import { createAnswering } from '../../src/answers/index.ts';
import type { Delivery, Example, Intent, Job, Json } from '../../src/types.ts';
import { intentOf } from '../made-intent.ts';
import {
  type AgentServer,
  dropsAfter,
  dropsBefore,
  interrupts,
  onCreate,
  type ScriptedAgent,
  says,
  startAgentServer,
  status,
} from '../support/agent-server.ts';
import { type ClientOptions, jobOf, startClient } from './client.ts';

const id = (letter: string) => letter.repeat(32);
const first = threadId('batch-1', jobOf(), 0);
const answering = createAnswering({ onInterrupt: 'record' });

/** Its example scripts these answers. */
function scripted(resume: readonly Json[], intent: Intent | null = null): Job {
  const job = jobOf('go', { intent });
  const turns = job.turns.map((turn) => ({ ...turn, example: { ...turn.example, resume } as Example }));
  return { ...job, turns };
}

/** Asks two questions, one after the other, then tells what it was answered. */
const asksTwice = (): ScriptedAgent => {
  const answered: Json[] = [];
  return ({ resume }) => {
    if (resume !== undefined) answered.push(resume);
    if (answered.length === 2) return says(JSON.stringify(answered));
    return interrupts([{ id: id('ab'.charAt(answered.length)), value: `question ${answered.length + 1}` }]);
  };
};

const sent = (server: AgentServer) =>
  server.runs.flatMap(({ kwargs }) => (kwargs['command'] === undefined ? [] : [kwargs['command']]));
const answersNoted = (intents: readonly Intent[]) =>
  intents.filter(({ mark, way }) => way === 'answer' && mark !== 'closed');
const bothOnce = [{ resume: { [id('a')]: 'x' } }, { resume: { [id('b')]: 'y' } }];

async function ask(server: AgentServer, job: Job, options: ClientOptions = {}) {
  await using client = startClient(server, { answering, threads: 'keep', ...options });
  const [attempted] = await client.run(job);
  return { attempted, intents: client.intents };
}

describe('an answer whose request', () => {
  it.each([
    ['got lost before the server saw it', dropsBefore()],
    ['was accepted, and its answer lost', dropsAfter()],
    ['was refused for a while', status(429)],
  ])('%s reaches its run once', async (_, fault) => {
    await using server = await startAgentServer({ agent: asksTwice(), faults: onCreate([2, 4], fault) });

    const { attempted } = await ask(server, scripted(['x', 'y']));

    expect(attempted?.outcome).toMatchObject({ outcome: 'success', response: '["x","y"]' });
    expect(sent(server)).toEqual(bothOnce);
  });

  it.each(['at-most-once', 'at-least-once'] as const)(
    'got lost is sent again as %s allows',
    async (delivery) => {
      await using server = await startAgentServer({ agent: asksTwice(), faults: onCreate(2, dropsBefore()) });

      const { attempted } = await ask(server, scripted(['x', 'y']), { delivery });

      const isSentAgain = delivery === 'at-least-once';
      expect(sent(server)).toEqual(isSentAgain ? bothOnce : []);
      expect(attempted?.outcome.failure?.uncertain ?? false).toBe(!isSentAgain);
    },
  );

  it('is refused each time is told with the answer', async () => {
    await using server = await startAgentServer({
      agent: asksTwice(),
      faults: onCreate([2, 3, 4, 5, 6], status(429)),
    });

    const { attempted } = await ask(server, scripted(['x', 'y']));

    expect(attempted?.outcome).toMatchObject({
      outcome: 'error',
      failure: { code: 'HTTP_429', uncertain: false },
    });
    expect(attempted?.last.answers).toMatchObject([{ stop: 1, answer: 'x' }]);
  });
});

describe.each(['exactly-once', 'at-most-once', 'at-least-once'] as Delivery[])('under %s', (delivery) => {
  /** Dies when it has noted so many intents: the last one is durable, and nothing is sent any more. */
  async function untilIntent(server: AgentServer, count: number): Promise<Intent> {
    let noted = 0;
    const all: Intent[] = [];
    const abort = new AbortController();
    await using client = startClient(server, {
      answering,
      delivery,
      signal: abort.signal,
      onIntent: (intent) => {
        all.push(intent);
        noted += 1;
        if (noted === count) abort.abort();
      },
    });
    await client.ask(scripted(['x', 'y']));
    const last = all[count - 1];
    if (last === undefined) throw new Error('Expected an intent');
    return last;
  }

  it('an answer is noted before it is sent', async () => {
    await using server = await startAgentServer({ agent: asksTwice() });

    const { intents } = await ask(server, scripted(['x', 'y']), { delivery });

    expect(answersNoted(intents)).toMatchObject([
      { answers: [{ stop: 1, interrupt_id: id('a'), answer: 'x' }] },
      { answers: [{ answer: 'x' }, { stop: 2, interrupt_id: id('b'), answer: 'y' }] },
    ]);
  });

  it('a later start follows the run of an answer that was sent', async () => {
    await using server = await startAgentServer({ agent: asksTwice() });
    const { intents } = await ask(server, scripted(['x', 'y']), { delivery });
    const last = answersNoted(intents).at(-1) ?? null;

    const { attempted } = await ask(server, scripted(['x', 'y'], last), { delivery });

    expect(attempted?.outcome).toMatchObject({ outcome: 'success', response: '["x","y"]' });
    expect(attempted?.last.answers).toHaveLength(2);
    expect(sent(server)).toEqual(bothOnce);
  });

  it('a later start sends what was noted and is not there, but at most once', async () => {
    await using server = await startAgentServer({ agent: asksTwice() });
    const noted = await untilIntent(server, delivery === 'at-most-once' ? 3 : 2);
    expect(noted).toMatchObject({ way: 'answer', answers: [{ answer: 'x' }] });
    expect(sent(server)).toEqual([]);

    const { attempted } = await ask(server, scripted(['x', 'y'], noted), { delivery });

    expect(sent(server)).toEqual(delivery === 'at-most-once' ? [] : bothOnce);
    expect(attempted?.outcome.outcome).toBe(delivery === 'at-most-once' ? 'error' : 'success');
  });

  it('a later start sends nothing to a thread that somebody answered meanwhile', async () => {
    await using server = await startAgentServer({ agent: asksTwice() });
    const { intents } = await ask(server, scripted(['x']), { delivery });
    await fetch(`${server.url}/threads/${first}/runs/wait`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ assistant_id: server.assistant.assistant_id, command: { resume: 'theirs' } }),
    });
    const [made] = intents;
    const asked = { asked: 'question 2', interrupt_id: id('b') };
    const noted = intentOf({
      ...made,
      way: 'answer',
      answers: [{ stop: 2, ...asked, answer: 'y', by: 'script' }],
    });

    const { attempted } = await ask(server, scripted(['x', 'y'], noted), { delivery });

    expect(attempted?.outcome.failure).toMatchObject({ code: 'ANSWERED_ELSEWHERE', uncertain: false });
    expect(server.runs).toHaveLength(3);
  });
});
