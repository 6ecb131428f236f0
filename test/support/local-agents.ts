/** What the tests of the local flavour share: the graphs of `graphs.mjs` scripted, and questions asked often. */

import {
  after,
  breakpoint,
  interrupts,
  outputs,
  type ScriptedAgent,
  says,
  throwsError,
} from './agent-server.ts';
import { type Ask, field, type Listener, listOf } from './compared.ts';

/** What is asked of both servers, of one graph. */
export interface Talk {
  readonly title: string;
  readonly graph: string;
  readonly talk: (listener: Listener) => Promise<void>;
}

const approve: ScriptedAgent = ({ prompt, resume }) =>
  resume === undefined
    ? interrupts([{ id: 'a'.repeat(32), value: { question: `approve ${prompt}?` } }])
    : says(`human said: ${JSON.stringify(resume)}`);

/** What `graphs.mjs` does, scripted. */
export const agents: Readonly<Record<string, ScriptedAgent>> = {
  echo: ({ prompt }) => says(`echo: ${prompt}`),
  slow: ({ prompt }) => after(Number(prompt), says('slept')),
  boom: ({ prompt }) => throwsError('TypeError', `boom: ${prompt}`),
  flaky: ({ prompt, attempt }) =>
    attempt === 1 ? throwsError('Error', `first time: ${prompt}`) : says('second time'),
  approve,
  paused: ({ attempt }) => (attempt === 1 ? breakpoint() : says('went on')),
  quiz: ({ input }) => outputs({ answer: `answer to ${field(input, 'question')}` }),
};

export const human = (content: string, id = 'm1') => ({ messages: [{ role: 'user', content, id }] });

export async function newThread(ask: Ask): Promise<string> {
  return `/threads/${field(await ask('POST', '/threads', { metadata: { test: 1 } }), 'thread_id')}`;
}

/** Everything that can be asked about a thread. */
export async function lookAt(ask: Ask, thread: string): Promise<void> {
  await ask('GET', thread);
  await ask('GET', `${thread}/state`);
  for (const run of listOf(await ask('GET', `${thread}/runs`))) {
    const id = field(run, 'run_id');
    await ask('GET', `${thread}/runs/${id}`);
    await ask('GET', `${thread}/runs/${id}/join`);
    await ask('POST', `${thread}/history`, { limit: 1, metadata: { run_id: id } });
  }
}

/** The first run of a thread, once it is under way. */
export async function runningRun(peek: Listener['peek'], thread: string): Promise<string> {
  for (;;) {
    const [run] = listOf(await peek(`${thread}/runs?limit=1`));
    if (run?.['status'] === 'running') return `${thread}/runs/${field(run, 'run_id')}`;
  }
}
