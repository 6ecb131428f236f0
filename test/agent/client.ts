/** A client of an agent server, as a batch is one: connection, agent, retry loop and an intent log in memory. */

import type { AgentOptions, AgentSettings } from '../../src/agent/index.ts';
import { connect } from '../../src/agent/index.ts';
import { type Attempted, attemptTurn } from '../../src/attempt.ts';
import type { Conversation } from '../../src/contracts.ts';
import { againOf } from '../../src/retry.ts';
import type { Runtime } from '../../src/runtime.ts';
import type { Input, Intent, Job, JsonObject, OutcomeName, Turn } from '../../src/types.ts';
import { freeSlot } from '../support/free-slot.ts';
import { manualRuntime } from '../support/manual-runtime.ts';

/** What is asked, and how. */
export interface ClientOptions extends Partial<AgentSettings>, Partial<Omit<AgentOptions, 'url'>> {
  /** Default: a sleep moves the clock by itself. */
  readonly runtime?: Runtime | undefined;
  /** Default: the server's one. */
  readonly assistantId?: string | undefined;
  readonly retries?: number | undefined;
  readonly retryAgent?: 'none' | 'continue' | 'fresh' | undefined;
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of each intent before it counts as durable. */
  readonly onIntent?: ((intent: Intent) => Promise<void> | void) | undefined;
}

export interface Client extends AsyncDisposable {
  /** Every intent noted, in order. */
  readonly intents: readonly Intent[];
  open(job: Job): Conversation;
  /** One turn of a job, with its retries. */
  askTurn(conversation: Conversation, turn: Turn): Promise<Attempted>;
  /** A job of one turn. */
  ask(job: Job): Promise<Attempted>;
  /** All turns of a job while they succeed, then its end. */
  run(job: Job): Promise<Attempted[]>;
}

/** A server's URL and the assistant on it. */
export interface Asked {
  readonly url: string;
  readonly assistant: { readonly assistant_id: string; readonly graph_id: string };
}

/** Without secrets, headers or proxies. */
export const plainConnection = {
  headers: {},
  secrets: [],
  connectTimeoutMs: 10_000,
  idleTimeoutMs: 60_000,
  maxAnswerBytes: 100_000_000,
  proxies: {},
} as const;

/** What a batch is by default. */
export const plainSettings: AgentSettings = {
  batchId: 'batch-1',
  mode: 'threaded',
  delivery: 'exactly-once',
  threads: 'auto',
  isLocal: false,
  stream: false,
  body: {},
  ratePerMs: null,
};

export function startClient({ url, assistant }: Asked, options: ClientOptions = {}): Client {
  const runtime = options.runtime ?? manualRuntime({ autoSleep: true });
  const intents: Intent[] = [];
  const connection = connect(
    {
      url,
      agent: assistant.graph_id,
      ...plainConnection,
      ...options,
    },
    runtime,
  );
  const settings: AgentSettings = {
    ...plainSettings,
    delivery: options.mode === 'stateless' ? 'at-most-once' : 'exactly-once',
    ...options,
  };
  const id = options.assistantId ?? assistant.assistant_id;
  const facts = { id, name: null, graph: null, version: '1', updatedAt: null };
  const agent = connection.agent(facts, settings, {
    note: async (intent) => {
      await options.onIntent?.(intent);
      intents.push(intent);
    },
  });
  const limits = {
    retries: options.retries ?? 3,
    delivery: settings.delivery,
    timeoutMs: options.timeoutMs ?? 600_000,
    retryAgent: options.retryAgent ?? ('none' as const),
  };
  const signal = options.signal ?? new AbortController().signal;
  const askTurn = (conversation: Conversation, turn: Turn) =>
    attemptTurn(
      {
        prepare: async (attempt) => conversation.prepare?.(turn, attempt),
        ask: (attempt) => conversation.ask(turn, attempt),
        slot: freeSlot(),
        attempts: turn.replaces?.attempts ?? [],
        again: againOf(turn.replaces, limits),
      },
      limits,
      runtime,
      signal,
    );

  return {
    intents,
    open: (job) => agent.open(job),
    askTurn,
    ask: (job) => askTurn(agent.open(job), firstTurn(job)),
    run: async (job) => {
      const conversation = agent.open(job);
      const all: Attempted[] = [];
      const outcomes: OutcomeName[] = [];
      for (const turn of job.turns) {
        if (turn.recorded !== null) continue;
        const attempted = await askTurn(conversation, turn);
        all.push(attempted);
        outcomes.push(attempted.outcome.outcome);
        if (attempted.outcome.outcome !== 'success') break;
      }
      await conversation.close(outcomes);
      return all;
    },
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

function firstTurn({ turns }: Job): Turn {
  const [turn] = turns;
  if (turn === undefined) throw new Error('Expected a job with a turn');
  return turn;
}

/** A job of one example. */
export function jobOf(input: Input = 'hi', { intent = null }: { intent?: Intent | null } = {}): Job {
  const example = { id: 'e-1', index: 0, input, expected: null, metadata: {}, cells: [] };
  const turn = { example, turn: null, input, expected: null, recorded: null, revision: 1, replaces: null };
  return { key: 'e-1', trial: 1, turns: [turn], intent, problem: null };
}

/** A conversation; `recorded` turns have succeeded in an earlier start. */
export function talkOf(
  inputs: readonly Input[],
  { recorded = 0, intent = null }: { recorded?: number; intent?: Intent | null } = {},
): Job {
  const [first = ''] = inputs;
  const example = { id: 'c-1', index: 0, input: first, expected: null, metadata: {}, cells: [] };
  const turns = inputs.map((input, at) => ({
    example,
    turn: at + 1,
    input,
    expected: null,
    recorded: at < recorded ? ('success' as const) : null,
    revision: 1,
    replaces: null,
  }));
  return { key: 'c-1', trial: 1, turns, intent, problem: null };
}

/** A message as JSON has it. */
export const field = (value: unknown, name: string): unknown => (value as JsonObject)[name];
