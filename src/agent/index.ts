/** A connection to an Agent Server, and the agent on it. */

import { createHash } from 'node:crypto';
import type { Agent, IntentLog } from '../contracts.ts';
import { AgentError, RequestError } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import type { Delivery, JsonObject, Mode } from '../types.ts';
import type { ConversationParts } from './conversation.ts';
import { createRunCreator } from './create-run.ts';
import { createHttp, type HttpOptions } from './http.ts';
import { createLimit } from './limit.ts';
import { createRedactor } from './redact.ts';
import type { Assistant } from './resources.ts';
import { createAgentServer } from './server.ts';
import { openStateless } from './stateless.ts';
import { openThreaded } from './threaded.ts';

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
}

export interface AgentConnection {
  /**
   * Asks the server for the agent: proves URL, key and agent in one request.
   * @throws AgentError that says what to do.
   */
  describe(): Promise<AgentFacts>;
  agent(facts: AgentFacts, settings: AgentSettings, intents: IntentLog): Agent;
  close(): Promise<void>;
}

export function connect(options: AgentOptions, runtime: Runtime): AgentConnection {
  const http = createHttp(options, runtime);
  const redact = createRedactor(options.secrets);
  const server = createAgentServer(http, runtime, redact);
  const createRun = createRunCreator(http, runtime, redact, options);

  return {
    describe: async () => {
      const call = {
        deadline: runtime.now() + options.connectTimeoutMs + options.idleTimeoutMs,
        signal: never,
      };
      try {
        const assistant = await server.assistant(call, options.agent);
        if (assistant === null) throw new AgentError(notFound(options.agent), 4);
        return factsOf(assistant);
      } catch (error) {
        if (error instanceof RequestError) throw unusable(error, redact.text(shownUrl(options.url)));
        throw error;
      }
    },
    agent: (facts, settings, intents) => {
      const parts: ConversationParts = {
        server,
        createRun,
        intents,
        runtime,
        limit: createLimit(settings.ratePerMs, runtime),
        settings: {
          ...settings,
          run: { assistantId: facts.id, body: settings.body, stream: settings.stream },
          idleTimeoutMs: options.idleTimeoutMs,
        },
      };
      const open = settings.mode === 'threaded' ? openThreaded : openStateless;
      return {
        version: facts.version,
        probe: (signal) => isThere(parts, signal),
        open: (job) => open(job, parts),
      };
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
