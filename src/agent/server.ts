/** The Agent Server's endpoints but those that create runs, one function each: what is asked, and what its answers mean on a local or a deployed server. */

import type { Try } from '../contracts.ts';
import { RequestError } from '../errors.ts';
import { isObject, parseJson } from '../json.ts';
import { retryAfterMs } from '../retry-after.ts';
import type { Runtime } from '../runtime.ts';
import type { Json, JsonObject } from '../types.ts';
import { HttpFault, type HttpRequest } from './exchange.ts';
import { faultFailure, harmless, statusFailure } from './failures.ts';
import type { Http } from './http.ts';
import type { Redactor } from './redact.ts';
import {
  type Assistant,
  type Checkpoint,
  type Run,
  readAssistant,
  readCheckpoint,
  readRun,
  readRuns,
  readThread,
  type Thread,
} from './resources.ts';
import { unreadable } from './run-answer.ts';

/** Until when a request may take, and what gives it up. */
export interface Call {
  readonly deadline: number;
  readonly signal: AbortSignal;
  /** As `Try` has it; of a call that belongs to no attempt there is none. */
  readonly refused?: Try['refused'];
}

export type AgentServer = ReturnType<typeof createAgentServer>;

export function createAgentServer(http: Http, runtime: Runtime, redact: Redactor) {
  /** Does the server take a thread's id of our choosing? */
  let takesIds = true;

  /** One request that runs nothing. 404 gives null. */
  const ask = async (
    { deadline, signal }: Call,
    method: HttpRequest['method'],
    path: string,
    body?: unknown,
  ): Promise<Json | null> => {
    const answer = await http.send({ method, path, body, deadline, signal }).catch((fault: unknown) => {
      throw fault instanceof HttpFault ? redact.error(harmless(faultFailure(fault))) : fault;
    });
    if (answer.status === 404) return null;
    const text = answer.body.toString('utf8');
    if (answer.status >= 300) {
      throw redact.error(harmless(statusFailure(answer, redact.text(text))), {
        retryAfterMs: retryAfterMs(answer.headers, runtime.date()),
      });
    }
    if (text.trim() === '') return {};
    const parsed = parseJson(text);
    if (parsed === undefined) throw redact.error(harmless(unreadable(redact.text(text), answer.status)));
    return redact.json(parsed, text);
  };

  return {
    /** The assistant of an id or a graph name; null where there is none that this key may see. */
    async assistant(call: Call, idOrGraph: string): Promise<Assistant | null> {
      const direct = await ask(call, 'GET', `/assistants/${segment(idOrGraph)}`).catch((error: unknown) => {
        // A deployed server takes ids only, and calls a graph name invalid.
        if (error instanceof RequestError && error.failure.kind === 'invalid') return null;
        throw error;
      });
      if (direct !== null) return readAssistant(direct);
      const found = await ask(call, 'POST', '/assistants/search', { graph_id: idOrGraph, limit: 10 });
      const first = Array.isArray(found)
        ? found.filter(isObject).find((one) => one['graph_id'] === idOrGraph)
        : undefined;
      return first === undefined ? null : readAssistant(first);
    },

    /**
     * Makes a thread, or finds the one that has the id, which may be done again at will; gives the id it has. A
     * server that takes no ids of ours gives one of its own.
     */
    async makeThread(call: Call, threadId: string, metadata: JsonObject): Promise<string> {
      const make = async (fields: JsonObject) =>
        readThread((await ask(call, 'POST', '/threads', { ...fields, metadata })) ?? {}).id;
      if (!takesIds) return make({});
      try {
        return await make({ thread_id: threadId, if_exists: 'do_nothing' });
      } catch (error) {
        if (!(error instanceof RequestError) || error.failure.kind !== 'invalid') throw error;
        const id = await make({});
        takesIds = false;
        return id;
      }
    },

    async thread(call: Call, threadId: string): Promise<Thread | null> {
      const thread = await ask(call, 'GET', threadPath(threadId));
      return thread === null ? null : readThread(thread);
    },

    /** Threads whose metadata hold these values, a page of them. Their order is the server's. */
    async searchThreads(call: Call, metadata: JsonObject, limit: number, offset: number) {
      const found = await ask(call, 'POST', '/threads/search', { metadata, limit, offset });
      if (!Array.isArray(found)) throw redact.error(harmless(unreadable('no list of threads', 200)));
      return found.map(readThread);
    },

    /** Busy threads must not be deleted: a local server loses a worker by it. A thread that is gone is deleted. */
    async deleteThread(call: Call, threadId: string): Promise<void> {
      await ask(call, 'DELETE', threadPath(threadId));
    },

    /**
     * All runs of a thread, in no particular order; null where there is no such thread. One that a local server lost
     * when it ended is none.
     */
    async runs(call: Call, threadId: string): Promise<Run[] | null> {
      const runs = await ask(call, 'GET', `${threadPath(threadId)}/runs?limit=1000`);
      return runs === null ? null : readRuns(runs);
    },

    async run(call: Call, threadId: string, runId: string): Promise<Run | null> {
      const run = await ask(call, 'GET', runPath(threadId, runId));
      return run === null ? null : readRun(run);
    },

    /** Waits until a run ended, or the call's deadline. What it answers is the thread's latest, so nobody reads it. */
    async join(call: Call, threadId: string, runId: string): Promise<void> {
      await ask(call, 'GET', `${runPath(threadId, runId)}/join`);
    },

    async cancel(call: Call, threadId: string, runId: string): Promise<void> {
      await ask(call, 'POST', `${runPath(threadId, runId)}/cancel?wait=false&action=interrupt`);
    },

    /** The state that this run left, and no other; null where the server has none. */
    async checkpoint(call: Call, threadId: string, runId: string): Promise<Checkpoint | null> {
      const filter = { limit: 1, metadata: { run_id: runId } };
      const history = await ask(call, 'POST', `${threadPath(threadId)}/history`, filter).catch(
        (error: unknown) => {
          // A server that filters by nothing still has the latest state, which tells whose it is.
          if (error instanceof RequestError && error.failure.kind === 'invalid') return null;
          throw error;
        },
      );
      const [newest] = Array.isArray(history) ? history : [];
      const state = newest ?? (await ask(call, 'GET', `${threadPath(threadId)}/state`));
      if (state === null) return null;
      const checkpoint = readCheckpoint(state);
      return checkpoint.runId === null || checkpoint.runId === runId ? checkpoint : null;
    },
  };
}

/** An id as part of a path: the server's own may be anything. */
const segment = (id: string) => encodeURIComponent(id.toWellFormed());

export const threadPath = (threadId: string): string => `/threads/${segment(threadId)}`;
const runPath = (threadId: string, runId: string) => `${threadPath(threadId)}/runs/${segment(runId)}`;
