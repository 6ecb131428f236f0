/** A connection to an Agent Server, and the agent on it. */

import { createHash } from 'node:crypto';
import type { Agent, Answering, Backlog, IntentLog } from '../contracts.ts';
import { AgentError, RequestError } from '../errors.ts';
import type { LooseThread } from '../loose.ts';
import type { Runtime } from '../runtime.ts';
import type { Delivery, Job, JsonObject, Mode } from '../types.ts';
import { type DeleteOptions, deleteThreadsOf, type ThreadsDeleted } from './batch-threads.ts';
import type { ConversationParts } from './conversation.ts';
import { createRunCreator } from './create-run.ts';
import { createHttp, type HttpOptions } from './http.ts';
import { createLimit } from './limit.ts';
import { createRedactor } from './redact.ts';
import type { Assistant } from './resources.ts';
import { type Call, createAgentServer } from './server.ts';
import { openStateless } from './stateless.ts';
import { type Swept, sweepThread } from './sweep.ts';
import { openThreaded } from './threaded.ts';

export type { ThreadsDeleted };

export interface AgentOptions extends HttpOptions {
  /** Assistant id, or the name of a graph. */
  readonly agent: string;
  /** Never let through in an answer or an error: replaced by `***`. */
  readonly secrets: readonly string[];
}

/** The assistant that is asked, as the batch remembers it. */
export interface AgentFacts {
  readonly id: string;
  readonly name: string | null;
  readonly graph: string | null;
  /** Changes with the assistant's version, config, context, metadata and graph. */
  readonly version: string;
  /** Shown only: a local server makes it new at each start. */
  readonly updatedAt: string | null;
}

export interface AgentSettings {
  readonly batchId: string;
  readonly mode: Mode;
  readonly delivery: Delivery;
  readonly threads: 'auto' | 'keep' | 'delete';
  /** A local server that ends with this process. */
  readonly isLocal: boolean;
  readonly stream: boolean;
  /** Fields added to every run's request. */
  readonly body: JsonObject;
  readonly ratePerMs: number | null;
  /**
   * How many jobs the start before was getting ready when it was killed, at most: the first ones that left no note.
   * Default: none.
   */
  readonly doubtful?: number | undefined;
  /** Of runs that wait for a human. Default: nobody answers. */
  readonly answering?: Answering | undefined;
  /** The header of a request that asks, by the metadata of its run. Default: none is sent. */
  readonly traceparent?: ((metadata: JsonObject) => string) | undefined;
}

/** An agent on a server, with its threads. */
export interface ServerAgent extends Agent {
  /** Deletes a thread that was given up, if it is there again and empty. */
  sweep(thread: LooseThread, signal: AbortSignal): Promise<Swept>;
}

export interface AgentConnection {
  /**
   * Asks the server for the agent: proves URL, key and agent in one request.
   * @throws AgentError that says what to do.
   */
  describe(): Promise<AgentFacts>;
  /**
   * The agent as it is now; null where there is none that this key may see.
   * @throws RequestError where the server does not say.
   */
  look(id: string, limits: Call): Promise<AgentFacts | null>;
  /** @param facts Of which the version may change meanwhile. */
  agent(facts: AgentFacts, settings: AgentSettings, intents: IntentLog): ServerAgent;
  /** Deletes a batch's threads, but those on which a run is. @throws AgentError */
  deleteThreads(options: Omit<DeleteOptions, 'patienceMs'>): Promise<ThreadsDeleted>;
  /** To be told of what waits for the disk. */
  readonly backlog: Backlog;
  close(): Promise<void>;
}

export function connect(options: AgentOptions, runtime: Runtime): AgentConnection {
  const http = createHttp(options, runtime);
  const redact = createRedactor(options.secrets);
  const server = createAgentServer(http, runtime, redact);

  const look = async (id: string, limits: Call) => {
    const assistant = await server.assistant(limits, id);
    return assistant === null ? null : factsOf(assistant);
  };

  return {
    look,
    backlog: http.backlog,
    describe: async () => {
      const call = {
        deadline: runtime.now() + options.connectTimeoutMs + options.idleTimeoutMs,
        signal: never,
      };
      try {
        const facts = await look(options.agent, call);
        if (facts === null) throw new AgentError(notFound(options.agent), 4);
        return facts;
      } catch (error) {
        if (error instanceof RequestError) throw unusable(error, redact.text(shownUrl(options.url)));
        throw error;
      }
    },
    agent: (facts, settings, intents) => {
      const limit = createLimit(settings.ratePerMs, runtime);
      const parts: ConversationParts = {
        server,
        createRun: createRunCreator(http, runtime, redact, {
          ...options,
          limit,
          traceparent: settings.traceparent,
        }),
        intents,
        runtime,
        limit,
        settings: {
          ...settings,
          run: { assistantId: facts.id, body: settings.body, stream: settings.stream },
          idleTimeoutMs: options.idleTimeoutMs,
        },
        doubtful: new Set<Job>(),
      };
      let doubtfulLeft = settings.doubtful ?? 0;
      const wasKilled = doubtfulLeft > 0;
      const open = settings.mode === 'threaded' ? openThreaded : openStateless;
      return {
        get version() {
          return facts.version;
        },
        probe: (signal) => isThere(parts, signal),
        open: (job) => {
          const isNext = job.intent?.mark === 'abandoned'; // and its next thread may have been asked for
          if (
            wasKilled &&
            settings.mode === 'threaded' &&
            (isNext || (job.intent === null && doubtfulLeft > 0))
          ) {
            if (!isNext) doubtfulLeft -= 1;
            parts.doubtful.add(job);
          }
          return open(job, parts);
        },
        sweep: (thread, signal) => sweepThread(parts, thread, signal),
      };
    },
    deleteThreads: async (wish) => {
      const patienceMs = options.connectTimeoutMs + options.idleTimeoutMs;
      try {
        return await deleteThreadsOf(server, runtime, { ...wish, patienceMs });
      } catch (error) {
        if (error instanceof RequestError) throw unusable(error, redact.text(shownUrl(options.url)));
        throw error;
      }
    },
    close: () => http.close(),
  };
}

/** Does the server answer about the assistant? What it answers is a turn's to find out. */
async function isThere(
  { server, runtime, settings }: ConversationParts,
  signal: AbortSignal,
): Promise<boolean> {
  const call = { deadline: runtime.now() + settings.idleTimeoutMs, signal };
  try {
    await server.assistant(call, settings.run.assistantId);
    return true;
  } catch (error) {
    if (error instanceof RequestError) return error.failure.kind === 'auth';
    throw error;
  }
}

function shownUrl(text: string): string {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url.href.replace(/\/$/, '');
}

const never = new AbortController().signal;

const notFound = (agent: string) =>
  `no agent ${JSON.stringify(agent)} there: its id is wrong, or the key is not of the agent's owner (then it is hidden)`;

function unusable({ failure, cause }: RequestError, url: string): AgentError {
  const { kind, code, message } = failure;
  if (kind === 'auth') {
    return new AgentError(
      `${message}. Set LANGGRAPH_API_KEY to a key of the agent's owner, and --auth-scheme to its scheme.`,
      4,
      { cause },
    );
  }
  if (kind === 'protocol' || kind === 'invalid' || code === 'HTTP_REDIRECT' || code === 'HTTP_405') {
    return new AgentError(`${url} does not answer as an Agent Server does: ${message}`, 4, { cause });
  }
  return new AgentError(`${url} cannot be reached: ${message} [${code}]`, 3, { cause });
}

function factsOf(assistant: Assistant): AgentFacts {
  const { config, context, metadata, graph_id, version } = assistant;
  const hash = createHash('sha256')
    .update(JSON.stringify([config, context, metadata, graph_id]))
    .digest('hex');
  return {
    id: assistant.assistant_id,
    name: assistant.name,
    graph: graph_id,
    version: `${version ?? 0}-${hash.slice(0, 8)}`,
    updatedAt: assistant.updated_at,
  };
}
