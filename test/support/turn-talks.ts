/** Talks about threads and turns, one run after the other. */

import { randomUUID } from 'node:crypto';
import { field, listOf, objectOf } from './compared.ts';
import { human, lookAt, newThread, type Talk } from './local-agents.ts';

const ofThreads: readonly Talk[] = [
  {
    title: 'finds assistants and routes',
    graph: 'echo',
    talk: async ({ ask }) => {
      const assistant = await ask('GET', '/assistants/echo');
      await ask('GET', `/assistants/${field(assistant, 'assistant_id')}`);
      await ask('GET', '/assistants/nope');
      await ask('GET', `/assistants/${randomUUID()}`);
      await ask('POST', '/assistants/search', { graph_id: 'echo' });
      await ask('POST', '/assistants/search', { graph_id: 'nope' });
      await ask('GET', '/ok');
      await ask('GET', '/nope');
      await ask('PUT', '/threads');
    },
  },

  {
    title: 'makes, finds and deletes threads',
    graph: 'echo',
    talk: async ({ ask }) => {
      const id = randomUUID();
      await ask('POST', '/threads', { thread_id: id, metadata: { test: 1 }, if_exists: 'do_nothing' });
      await ask('POST', '/threads', { thread_id: id, metadata: { test: 2 }, if_exists: 'do_nothing' });
      await ask('POST', '/threads', { thread_id: id });
      await ask('POST', '/threads', {});
      await lookAt(ask, `/threads/${id}`);
      await ask('POST', `/threads/${id}/history`, {});
      await ask('DELETE', `/threads/${id}`);
      await ask('DELETE', `/threads/${id}`);
      await ask('GET', `/threads/${id}`);
      await ask('GET', `/threads/${id}/state`);
      await ask('GET', `/threads/${id}/runs`);
      await ask('GET', `/threads/${id}/runs/${id}`);
      await ask('GET', `/threads/${id}/runs/${id}/join`);
      await ask('POST', `/threads/${id}/history`, {});
    },
  },

  {
    title: 'refuses what the real one refuses, in its words',
    graph: 'echo',
    talk: async ({ ask }) => {
      const thread = await newThread(ask);
      await ask('POST', '/threads', { thread_id: 'x' });
      await ask('POST', '/threads', { if_exists: 'x' });
      await ask('POST', '/threads', '{');
      await ask('GET', '/threads/x');
      await ask('GET', `${thread}/runs/x`);
      await ask('POST', '/threads/search', { limit: 5000 });
      await ask('POST', '/threads/x/runs/wait', { assistant_id: 'echo' });
      await ask('POST', `${thread}/runs/wait`, '{');
      await ask('POST', `${thread}/runs/wait`, { input: human('hi') });
      await ask('POST', `${thread}/runs/wait`, { assistant_id: 'nope', input: human('hi') });
      await ask('POST', `${thread}/runs/wait`, { assistant_id: 'echo', multitask_strategy: 'x' });
      const missing = `/threads/${randomUUID()}/runs/wait`;
      await ask('POST', missing, { assistant_id: 'echo', input: human('hi'), multitask_strategy: 'reject' });
      await ask('POST', missing, { assistant_id: 'echo', input: human('hi'), multitask_strategy: 'enqueue' });
      await lookAt(ask, thread);
    },
  },

  {
    title: 'answers a turn, and a second one that sends its message again,',
    graph: 'echo',
    talk: async ({ ask }) => {
      const thread = await newThread(ask);
      const metadata = { test: 2 };
      await ask('POST', `${thread}/runs/wait`, { assistant_id: 'echo', input: human('hi'), metadata });
      await lookAt(ask, thread);
      await ask('POST', `${thread}/runs/wait`, { assistant_id: 'echo', input: human('hi again') });
      await ask('POST', `${thread}/runs/wait`, { assistant_id: 'echo', input: human('more', 'm2') });
      await lookAt(ask, thread);
      await ask('GET', `${thread}/runs?limit=1`);
      await ask('GET', `${thread}/runs?limit=2&offset=1`);
      await ask('GET', `${thread}/runs?limit=1&offset=1`);
      await ask('GET', `${thread}/runs?status=error`);
      await ask('GET', `${thread}/runs/${randomUUID()}`);
      await ask('GET', `${thread}/runs/${randomUUID()}/join`);
    },
  },

  {
    title: 'makes the thread with the run where it is asked to,',
    graph: 'echo',
    talk: async ({ ask }) => {
      const thread = `/threads/${randomUUID()}`;
      const metadata = { test: 3 };
      const body = { assistant_id: 'echo', input: human('hi'), metadata, if_not_exists: 'create' };
      await ask('POST', `${thread}/runs/wait`, body);
      await lookAt(ask, thread);
      await ask('POST', '/threads/search', { ids: [thread.slice('/threads/'.length)] });
      const select = ['thread_id', 'status', 'metadata'];
      await ask('POST', '/threads/search', { metadata: { test: 3 }, limit: 1000, select });
    },
  },

  {
    title: 'has nothing to do for a continue or a resume of a finished thread,',
    graph: 'echo',
    talk: async ({ ask }) => {
      const thread = await newThread(ask);
      await ask('POST', `${thread}/runs/wait`, { assistant_id: 'echo', input: null });
      await ask('POST', `${thread}/runs/wait`, { assistant_id: 'echo', input: human('hi') });
      await ask('POST', `${thread}/runs/wait`, { assistant_id: 'echo', input: null });
      await ask('POST', `${thread}/runs/wait`, { assistant_id: 'echo', command: { resume: 'yes' } });
      await ask('POST', `${thread}/runs/stream`, { assistant_id: 'echo', input: null });
      await lookAt(ask, thread);
    },
  },

  {
    title: 'tells a graph that throws, and goes on from there,',
    graph: 'flaky',
    talk: async ({ ask }) => {
      const thread = await newThread(ask);
      await ask('POST', `${thread}/runs/wait`, { assistant_id: 'flaky', input: human('try') });
      await lookAt(ask, thread);
      await ask('POST', `${thread}/runs/wait`, { assistant_id: 'flaky', input: null });
      await lookAt(ask, thread);
    },
  },

  {
    title: 'pauses for a human and resumes',
    graph: 'approve',
    talk: async ({ ask }) => {
      const thread = await newThread(ask);
      await ask('POST', `${thread}/runs/wait`, { assistant_id: 'approve', input: human('this') });
      await lookAt(ask, thread);
      await ask('POST', `${thread}/runs/wait`, { assistant_id: 'approve', input: human('that', 'm2') });
      await ask('POST', `${thread}/runs/wait`, { assistant_id: 'approve', command: { resume: 'yes' } });
      await lookAt(ask, thread);
    },
  },

  {
    title: 'resumes an interrupt by its id',
    graph: 'approve',
    talk: async ({ ask }) => {
      const thread = await newThread(ask);
      await ask('POST', `${thread}/runs/wait`, { assistant_id: 'approve', input: human('this') });
      const { interrupts } = objectOf(await ask('GET', thread));
      const [asked] = listOf(Object.values(objectOf(interrupts))[0]);
      const resume = { [field(asked, 'id')]: { decision: 'no' } };
      await ask('POST', `${thread}/runs/wait`, { assistant_id: 'approve', command: { resume } });
    },
  },

  {
    title: 'stops at a breakpoint and goes on',
    graph: 'paused',
    talk: async ({ ask }) => {
      const thread = await newThread(ask);
      await ask('POST', `${thread}/runs/wait`, { assistant_id: 'paused', input: human('x') });
      await lookAt(ask, thread);
      await ask('POST', `${thread}/runs/wait`, { assistant_id: 'paused', input: null });
      await lookAt(ask, thread);
    },
  },

  {
    title: 'answers for a graph that is no chat',
    graph: 'quiz',
    talk: async ({ ask }) => {
      const thread = await newThread(ask);
      await ask('POST', `${thread}/runs/wait`, { assistant_id: 'quiz', input: { question: 'why' } });
      await lookAt(ask, thread);
      await ask('POST', '/runs/wait', { assistant_id: 'quiz', input: { question: 'how' } });
    },
  },
];

/** Without a thread, and streamed with one: what holds of every graph. */
const ofGraph = (graph: string): Talk[] => [
  {
    title: `answers and streams ${graph} without a thread`,
    graph,
    talk: async ({ ask }) => {
      await ask('POST', '/runs/wait', { assistant_id: graph, input: human('x') });
      await ask('POST', '/runs/stream', { assistant_id: graph, input: human('y') });
    },
  },
  {
    title: `streams ${graph} on a thread`,
    graph,
    talk: async ({ ask }) => {
      const thread = await newThread(ask);
      const stream_mode = ['values', 'updates', 'messages-tuple'];
      await ask('POST', `${thread}/runs/stream`, { assistant_id: graph, input: human('x'), stream_mode });
      await lookAt(ask, thread);
    },
  },
];

export const turnTalks: readonly Talk[] = [
  ...ofThreads,
  ...['echo', 'boom', 'approve', 'paused'].flatMap(ofGraph),
];
