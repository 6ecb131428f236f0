/** The scripted Agent Server's routes that make runs or follow them. */

import {
  type Answer,
  answerOf,
  frames,
  jsonAnswer,
  noContent,
  Refusal,
  runNotFound,
  waitingBody,
} from './server-answers.ts';
import { type Handler, runOf, threadOf } from './server-handler.ts';
import { createRun } from './server-new-run.ts';
import type { LoggedRequest } from './server-request.ts';
import { cancelRun } from './server-runs.ts';
import { isObject, isOver, type Run, type Thread, type World } from './server-state.ts';

const threadedPath = (run: Run) => `/threads/${run.thread_id}/runs/${run.run_id}`;

function waitHeaders(world: World, run: Run, stateless: boolean): Record<string, string> {
  if (world.flavour === 'local') {
    const path = stateless ? `/runs/${run.run_id}` : threadedPath(run);
    return { 'content-type': 'text/plain; charset=UTF-8', 'content-location': path };
  }
  const path = threadedPath(run);
  return { 'content-type': 'application/json', 'content-location': path, location: `${path}/join` };
}

/** What happens when the client of a new run leaves. Locally `cancel` is honoured by threaded streams only. */
function leaving(world: World, request: LoggedRequest, thread: Thread, run: Run): (() => void) | undefined {
  if (!isObject(request.body) || request.body['on_disconnect'] !== 'cancel') return undefined;
  if (world.flavour === 'local' && request.route !== 'POST /threads/{t}/runs/stream') return undefined;
  return () => cancelRun(world, thread, run);
}

const createAndWait: Handler = (world, request) => {
  const { run, thread } = createRun(world, request);
  return {
    status: 200,
    headers: waitHeaders(world, run, request.threadId === ''),
    body: waitingBody(run, world.heartbeatMs, () => answerOf(run, world.flavour, thread.values ?? null)),
    left: leaving(world, request, thread, run),
  };
};

const createAndStream: Handler = (world, request) => {
  const { run, thread } = createRun(world, request);
  const stateless = request.threadId === '';
  const path = stateless ? `/runs/${run.run_id}` : threadedPath(run);
  const style = {
    flavour: world.flavour,
    ids: world.flavour === 'local' && !stateless,
    manyLines: world.manyLines,
  };
  return {
    status: 200,
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      'content-location': path,
      ...(world.flavour === 'deployed' && { location: `${path}/stream` }),
    },
    body: frames(run, world.heartbeatMs, style),
    left: leaving(world, request, thread, run),
  };
};

const shownFields = [
  'run_id',
  'thread_id',
  'assistant_id',
  'metadata',
  'status',
  'kwargs',
  'multitask_strategy',
  'created_at',
  'updated_at',
] as const;

const runView = (run: Run) => Object.fromEntries(shownFields.map((field) => [field, run[field]]));

const listRuns: Handler = (world, request) => {
  const { query } = request;
  const thread = threadOf(world, request.threadId);
  const status = query.get('status');
  const found = thread.runs.filter((run) => status === null || run.status === status);
  const limit = Number(query.get('limit') ?? 10);
  const offset = Number(query.get('offset') ?? 0);
  // Locally the limit is taken for the end of the slice.
  const page =
    world.flavour === 'local' ? found.slice(offset, limit) : found.reverse().slice(offset, offset + limit);
  return jsonAnswer(page.map(runView));
};

const getRun: Handler = (world, request) =>
  jsonAnswer(runView(runOf(threadOf(world, request.threadId), request.runId)));

/**
 * Locally: silent until the end, then the thread's values, whatever became of the run; its error and interrupts
 * were told to whoever made it. Deployed: as `/wait`, but of a finished run the thread's latest values.
 */
const join: Handler = async (world, request) => {
  const thread = threadOf(world, request.threadId);
  if (world.flavour === 'deployed') return joinDeployed(world, thread, runOf(thread, request.runId));
  const run = thread.runs.find((one) => one.run_id === request.runId);
  await run?.ended;
  return jsonAnswer(run === undefined || run.deleted ? runNotFound('local') : (thread.values ?? null));
};

function joinDeployed(world: World, thread: Thread, run: Run): Answer {
  const wasOver = isOver(run);
  const answer = () => {
    const own = answerOf(run, 'deployed', thread.values ?? null);
    const isMarked = isObject(own) && ('__error__' in own || '__interrupt__' in own);
    return wasOver && !isMarked ? (thread.values ?? null) : own;
  };
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'content-location': threadedPath(run),
      location: `${threadedPath(run)}/join`,
    },
    body: waitingBody(run, world.heartbeatMs, answer),
  };
}

const cancel: Handler = async (world, request) => {
  const thread = threadOf(world, request.threadId);
  const run = runOf(thread, request.runId);
  const waits = request.query.get('wait') === 'true';
  if (world.flavour === 'deployed' && isOver(run))
    throw new Refusal(409, 'Run is neither pending nor running');
  cancelRun(world, thread, run);
  if (!waits) return noContent(202);
  await run.ended;
  return world.flavour === 'local'
    ? noContent()
    : jsonAnswer(answerOf(run, 'deployed', thread.values ?? null));
};

export const runRoutes: Readonly<Record<string, Handler>> = {
  'POST /runs/wait': createAndWait,
  'POST /runs/stream': createAndStream,
  'POST /threads/{t}/runs/wait': createAndWait,
  'POST /threads/{t}/runs/stream': createAndStream,
  'GET /threads/{t}/runs': listRuns,
  'GET /threads/{t}/runs/{r}': getRun,
  'GET /threads/{t}/runs/{r}/join': join,
  'POST /threads/{t}/runs/{r}/cancel': cancel,
};
