/** Talks about threads with a run under way. */

import { randomUUID } from 'node:crypto';
import { field, listOf } from './compared.ts';
import { human, lookAt, newThread, runningRun, type Talk } from './local-agents.ts';

const reject = { assistant_id: 'slow', multitask_strategy: 'reject' };
const enqueue = { assistant_id: 'slow', multitask_strategy: 'enqueue' };

export const busyTalks: readonly Talk[] = [
  {
    title: 'refuses a second run on a busy thread, and cancels the first',
    graph: 'slow',
    talk: async ({ ask, peek }) => {
      const thread = await newThread(ask);
      const first = ask('POST', `${thread}/runs/wait`, { ...reject, input: human('20000') });
      const run = await runningRun(peek, thread);
      await ask('GET', thread);
      await ask('POST', `${thread}/runs/wait`, { ...reject, input: human('1', 'm2') });
      await ask('POST', `${thread}/runs/stream`, { ...reject, input: human('1', 'm2') });
      await ask('POST', `${run}/cancel?wait=true`);
      await first;
      await lookAt(ask, thread);
      await ask('POST', `${run}/cancel?wait=true`);
      await ask('POST', `${run}/cancel`);
      await ask('POST', `${thread}/runs/${randomUUID()}/cancel`);
      await ask('DELETE', run);
      await ask('DELETE', run);
      await lookAt(ask, thread);
    },
  },

  {
    title: 'ends a stream whose run is cancelled',
    graph: 'slow',
    talk: async ({ ask, peek }) => {
      const thread = await newThread(ask);
      const first = ask('POST', `${thread}/runs/stream`, { ...reject, input: human('20000') });
      const run = await runningRun(peek, thread);
      await ask('POST', `${run}/cancel?wait=true&action=interrupt`);
      await first;
      await lookAt(ask, thread);
    },
  },

  {
    title: 'runs what waits on a thread after the first',
    graph: 'slow',
    talk: async ({ ask, peek }) => {
      const thread = await newThread(ask);
      const first = ask('POST', `${thread}/runs/wait`, { ...reject, input: human('4000') });
      await runningRun(peek, thread);
      const second = ask('POST', `${thread}/runs/wait`, { ...enqueue, input: human('1', 'm2') });
      const third = ask('POST', `${thread}/runs/wait`, { ...enqueue, input: human('2', 'm3') });
      while (listOf(await peek(`${thread}/runs?status=pending`)).length < 2);
      const runs = listOf(await ask('GET', `${thread}/runs`));
      await ask('POST', `${thread}/runs/${field(runs[2], 'run_id')}/cancel?wait=true`);
      const joined = ask('GET', `${thread}/runs/${field(runs[1], 'run_id')}/join`);
      await Promise.all([first, second, third, joined]);
      await lookAt(ask, thread);
    },
  },

  {
    title: 'accepts one of eight runs, and one of eight threads',
    graph: 'slow',
    talk: async ({ ask, crowd }) => {
      const id = randomUUID();
      const thread = `/threads/${id}`;
      const body = { ...reject, input: human('3000'), if_not_exists: 'create' };
      await crowd(8, `${thread}/runs/wait`, body);
      await lookAt(ask, thread);
      const other = { thread_id: randomUUID() };
      await crowd(8, '/threads', other);
    },
  },

  {
    title: 'loses a run that is deleted under way',
    graph: 'slow',
    talk: async ({ ask, peek }) => {
      const thread = await newThread(ask);
      const first = ask('POST', `${thread}/runs/wait`, { ...reject, input: human('3000') });
      const run = await runningRun(peek, thread);
      await ask('DELETE', run);
      await first;
      await lookAt(ask, thread);
    },
  },

  {
    title: 'loses a thread that is deleted under way',
    graph: 'slow',
    talk: async ({ ask, peek }) => {
      const thread = await newThread(ask);
      const first = ask('POST', `${thread}/runs/stream`, { ...reject, input: human('3000') });
      await runningRun(peek, thread);
      await ask('DELETE', thread);
      await first;
      await ask('GET', thread);
    },
  },
];
