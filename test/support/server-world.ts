/** What a test may choose about its Agent Server, and the world made of it. */

import { randomUUID } from 'node:crypto';
import type { FaultRule } from './agent-faults.ts';
import { type ScriptedAgent, says } from './agent-replies.ts';
import { type Assistant, type Flavour, now, type World } from './server-state.ts';

export interface AgentServerOptions {
  /** What the agent does. Default: `echo: <prompt>`. */
  readonly agent?: ScriptedAgent | undefined;
  /** As the local server or as a deployment; default `local`. They differ in much: docs of the protocol, §13. */
  readonly flavour?: Flavour | undefined;
  /** The assistant's graph id and name. Default `agent`. */
  readonly graph?: string | undefined;
  /** What goes wrong, with which requests. The first rule that names a fault counts. */
  readonly faults?: FaultRule | readonly FaultRule[] | undefined;
  /** Before every path, e.g. `/my/deployment`. */
  readonly prefix?: string | undefined;
  /** Asked for as `X-Api-Key`. */
  readonly apiKey?: string | undefined;
  /** `GET /assistants/{id}` knows UUIDs only. Default: on a deployment. */
  readonly uuidOnly?: boolean | undefined;
  /** What becomes of a thread id that the client chose. Default `accepted`. */
  readonly threadIds?: 'accepted' | 'refused' | 'ignored' | undefined;
  /** Between signs of life while a run is under way. Default: 1 s local, 5 s deployed. */
  readonly heartbeatMs?: number | undefined;
  /** Streamed `data` over many lines, as version 2.0.0 of the local server. */
  readonly manyLines?: boolean | undefined;
  /** False: `requests` and `runs` stay empty and only the counts are kept, for measuring. */
  readonly keepsLog?: boolean | undefined;
}

function newAssistant(graph: string): Assistant {
  const at = now();
  return {
    assistant_id: randomUUID(),
    graph_id: graph,
    name: graph,
    description: null,
    version: 1,
    config: {},
    context: {},
    metadata: { created_by: 'system' },
    created_at: at,
    updated_at: at,
  };
}

export function newWorld(options: AgentServerOptions, changed: () => void): World {
  const flavour = options.flavour ?? 'local';
  return {
    flavour,
    agent: options.agent ?? (({ prompt }) => says(`echo: ${prompt}`)),
    threads: new Map(),
    asked: new Map(),
    changed,
    assistant: newAssistant(options.graph ?? 'agent'),
    uuidOnly: options.uuidOnly ?? flavour === 'deployed',
    threadIds: options.threadIds ?? 'accepted',
    heartbeatMs: options.heartbeatMs ?? (flavour === 'local' ? 1_000 : 5_000),
    manyLines: options.manyLines ?? false,
    runs: [],
    keepsLog: options.keepsLog ?? true,
    counts: { requests: 0, connections: 0, creates: 0, runs: 0, maxInFlight: 0, deletedWhileBusy: 0 },
  };
}
