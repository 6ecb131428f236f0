/** The scripted Agent Server's routes, but those that make or follow runs. */

import { randomUUID } from 'node:crypto';
import { jsonAnswer, noContent, Refusal } from './server-answers.ts';
import {
  badField,
  bodyOf,
  findAssistant,
  type Handler,
  numberOf,
  objectOf,
  runOf,
  threadOf,
} from './server-handler.ts';
import { isUuid } from './server-request.ts';
import { removeRun } from './server-runs.ts';
import { type Checkpoint, contains, newThread, type Run, type Thread } from './server-state.ts';

const getAssistant: Handler = (world, request) => {
  const id = request.assistantId;
  if (world.uuidOnly && !isUuid(id)) throw new Refusal(422, 'Invalid assistant ID: must be a UUID');
  const assistant = findAssistant(world, id);
  if (assistant === undefined) throw new Refusal(404, 'Assistant not found');
  return jsonAnswer(assistant);
};

const searchAssistants: Handler = (world, request) => {
  const body = bodyOf(world, request);
  const graph = body['graph_id'];
  const found = [world.assistant].filter((one) => graph === undefined || one.graph_id === graph);
  const offset = numberOf(body['offset'], 0);
  return jsonAnswer(found.slice(offset, offset + numberOf(body['limit'], 10)), {
    'x-pagination-total': String(found.length),
  });
};

const info: Handler = (world) =>
  jsonAnswer(
    world.flavour === 'local'
      ? { version: '1.5.1', context: 'js', flags: { assistants: true, crons: false, langsmith: false } }
      : { version: '0.7.102', context: 'py', flags: { assistants: true, crons: true, langsmith: true } },
  );

function threadView({ runs: _runs, checkpoints: _checkpoints, ...shown }: Thread) {
  return shown;
}

const createThread: Handler = (world, request) => {
  const body = bodyOf(world, request);
  const wanted = body['thread_id'];
  if (wanted !== undefined && (typeof wanted !== 'string' || !isUuid(wanted))) {
    throw badField(world, 'thread_id', 'Invalid uuid');
  }
  if (wanted !== undefined && world.threadIds === 'refused') {
    throw new Refusal(422, 'thread_id may not be chosen by the client');
  }
  const policy = body['if_exists'] ?? 'raise';
  if (policy !== 'raise' && policy !== 'do_nothing') throw badField(world, 'if_exists', 'Invalid input');
  const threadId = wanted === undefined || world.threadIds === 'ignored' ? randomUUID() : wanted;
  const old = world.threads.get(threadId);
  if (old !== undefined && policy === 'raise') throw new Refusal(409, 'Thread already exists');
  const thread = old ?? newThread(threadId, objectOf(body['metadata']));
  world.threads.set(threadId, thread);
  return jsonAnswer(threadView(thread));
};

const getThread: Handler = (world, request) => jsonAnswer(threadView(threadOf(world, request.threadId)));

const isRunning = (run: Run) => run.status === 'running';

const deleteThread: Handler = (world, request) => {
  const thread = threadOf(world, request.threadId);
  if (thread.runs.some(isRunning)) world.counts.deletedWhileBusy += 1;
  world.threads.delete(thread.thread_id);
  // Those that wait go first: a run that ends would start them.
  for (const run of [...thread.runs].reverse()) removeRun(world, thread, run);
  return noContent();
};

const searchThreads: Handler = (world, request) => {
  const body = bodyOf(world, request);
  const limit = numberOf(body['limit'], 10);
  if (limit < 1 || limit > 1000) throw badField(world, 'limit', 'Number must be between 1 and 1000');
  const { ids, status, select } = body;
  const found = [...world.threads.values()]
    .filter((thread) => !Array.isArray(ids) || ids.length === 0 || ids.includes(thread.thread_id))
    .filter((thread) => status === undefined || thread.status === status)
    .filter((thread) => contains(thread.metadata, objectOf(body['metadata'])))
    .reverse();
  const offset = numberOf(body['offset'], 0);
  const page = found.slice(offset, offset + limit).map((thread) => {
    const fields = Object.entries(threadView(thread));
    return Object.fromEntries(fields.filter(([field]) => !Array.isArray(select) || select.includes(field)));
  });
  return jsonAnswer(page, { 'x-pagination-total': String(found.length) });
};

const checkpointRef = (thread: Thread, id: string | null) =>
  id === null
    ? null
    : { thread_id: thread.thread_id, checkpoint_id: id, checkpoint_ns: '', checkpoint_map: null };

function stateView(thread: Thread, checkpoint: Checkpoint) {
  const { task } = checkpoint;
  return {
    values: checkpoint.values,
    next: task === null ? [] : ['agent'],
    tasks:
      task === null
        ? []
        : [
            {
              ...task,
              name: 'agent',
              path: ['__pregel_pull', 'agent'],
              checkpoint: null,
              state: null,
              result: null,
            },
          ],
    metadata: checkpoint.metadata,
    created_at: checkpoint.createdAt,
    checkpoint: checkpointRef(thread, checkpoint.id),
    parent_checkpoint: checkpointRef(thread, checkpoint.parentId),
  };
}

const noState = {
  values: {},
  next: [],
  tasks: [],
  created_at: null,
  checkpoint: null,
  parent_checkpoint: null,
};

const getState: Handler = (world, request) => {
  const thread = threadOf(world, request.threadId);
  const last = thread.checkpoints.at(-1);
  return jsonAnswer(last === undefined ? noState : stateView(thread, last));
};

const getHistory: Handler = (world, request) => {
  const body = bodyOf(world, request);
  const thread = threadOf(world, request.threadId);
  const found = thread.checkpoints
    .filter((checkpoint) => contains(checkpoint.metadata, objectOf(body['metadata'])))
    .reverse()
    .slice(0, numberOf(body['limit'], 10));
  return jsonAnswer(found.map((checkpoint) => stateView(thread, checkpoint)));
};

const deleteRun: Handler = (world, request) => {
  const thread = threadOf(world, request.threadId);
  const run = runOf(thread, request.runId);
  if (isRunning(run)) world.counts.deletedWhileBusy += 1;
  removeRun(world, thread, run);
  return noContent();
};

export const threadRoutes: Readonly<Record<string, Handler>> = {
  'GET /ok': () => jsonAnswer({ ok: true }),
  'GET /info': info,
  'GET /assistants/{a}': getAssistant,
  'POST /assistants/search': searchAssistants,
  'POST /threads': createThread,
  'POST /threads/search': searchThreads,
  'GET /threads/{t}': getThread,
  'DELETE /threads/{t}': deleteThread,
  'GET /threads/{t}/state': getState,
  'POST /threads/{t}/history': getHistory,
  'DELETE /threads/{t}/runs/{r}': deleteRun,
};
