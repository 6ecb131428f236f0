/** The Agent Server's endpoints, one function each: what is asked, and what its answers mean on a local or a deployed server. */

import { AgentError, RequestError } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import type { Json, JsonObject } from '../types.ts';
import { errorText, failure, faultFailure, harmless, isObject, parseJson, refusal } from './failures.ts';
import { type Http, type HttpAnswer, HttpFault, type HttpHeaders, type HttpRequest } from './http.ts';
import { createRunStream } from './stream.ts';

/** Until when a request may take, and what gives it up. */
export interface Call {
  readonly deadline: number;
  readonly signal: AbortSignal;
}

export interface Assistant {
  readonly assistant_id: string;
  readonly graph_id: string | null;
  readonly name: string | null;
  readonly version: number | null;
  readonly updated_at: string | null;
  readonly config: Json;
  readonly context: Json;
  readonly metadata: Json;
}

export type RunStatus = 'pending' | 'running' | 'success' | 'error' | 'timeout' | 'interrupted';

export interface Run {
  readonly run_id: string;
  readonly status: RunStatus;
  readonly metadata: Json;
}

export interface Thread {
  readonly status: 'idle' | 'busy' | 'interrupted' | 'error';
  readonly values: Json;
  readonly interrupts: Json;
}

/** A state of a thread: what the run that wrote it left. */
export interface Checkpoint {
  readonly values: Json;
  /** Nodes still to run; none where the graph came to its end. */
  readonly next: readonly Json[];
  readonly tasks: readonly JsonObject[];
  readonly runId: string | null;
}

/** What a run-creating request is told of while it is under way. */
export interface RunMarks {
  onSent(): void;
  onStatus(status: number): void;
  /** As soon as the headers or the first event tell it. */
  onRunId(runId: string): void;
  onFirstToken(): void;
  onAnswer(): void;
}

/** An answer to a run-creating request: the values or the error it tells. Neither proves anything on a thread. */
export interface RunAnswer {
  /** Undefined: none came. */
  readonly values: Json | undefined;
  readonly error: Json | undefined;
}

export type AgentServer = ReturnType<typeof createAgentServer>;

export function createAgentServer(http: Http, runtime: Runtime, redact: (text: string) => string) {
  const textOf = (body: Buffer) => redact(body.toString('utf8'));

  /** One request that runs nothing. 404 gives null. */
  const ask = async (
    call: Call,
    method: HttpRequest['method'],
    path: string,
    body?: unknown,
  ): Promise<Json | null> => {
    const answer = await http.send({ method, path, body, ...call }).catch((fault: unknown) => {
      if (!(fault instanceof HttpFault)) throw fault;
      const why = harmless(faultFailure(fault));
      throw new RequestError({ ...why, message: redact(why.message) }, { cause: fault });
    });
    if (answer.status === 404) return null;
    const text = textOf(answer.body);
    if (answer.status >= 300) {
      const error = refusal(answer, text, runtime.date());
      throw new RequestError(harmless(error.failure), { retryAfterMs: error.retryAfterMs });
    }
    if (text.trim() === '') return {};
    const parsed = parseJson(text);
    if (parsed === undefined) throw new RequestError(harmless(unreadable(text, answer.status)));
    return parsed;
  };

  return {
    /** The assistant of an id or a graph name; null where there is none that this key may see. */
    async assistant(call: Call, idOrGraph: string): Promise<Assistant | null> {
      const direct = await ask(call, 'GET', `/assistants/${encodeURIComponent(idOrGraph)}`).catch(
        (error: unknown) => {
          // A deployed server takes ids only, and calls a graph name invalid.
          if (error instanceof RequestError && error.failure.kind === 'invalid') return null;
          throw error;
        },
      );
      if (isObject(direct) && typeof direct['assistant_id'] === 'string') return readAssistant(direct);
      if (direct !== null)
        throw new AgentError("the answer is no assistant: the URL is not an Agent Server's", 4);
      const found = await ask(call, 'POST', '/assistants/search', { graph_id: idOrGraph, limit: 10 });
      const first = Array.isArray(found)
        ? found.filter(isObject).find((one) => one['graph_id'] === idOrGraph)
        : undefined;
      return first === undefined ? null : readAssistant(first);
    },

    /**
     * Makes a thread, or finds the one that has the id; gives the id it has.
     * @throws RequestError of kind `invalid` where the server takes no id of ours.
     */
    async makeThread(call: Call, threadId: string | null, metadata: JsonObject): Promise<string> {
      const body =
        threadId === null ? { metadata } : { thread_id: threadId, if_exists: 'do_nothing', metadata };
      const thread = await ask(call, 'POST', '/threads', body);
      const id = isObject(thread) ? thread['thread_id'] : undefined;
      if (typeof id !== 'string') {
        throw new RequestError(
          failure('protocol', 'UNEXPECTED_ANSWER', 'POST /threads answered without a thread_id'),
        );
      }
      return id;
    },

    async thread(call: Call, threadId: string): Promise<Thread | null> {
      const thread = await ask(call, 'GET', `/threads/${threadId}`);
      if (!isObject(thread)) return null;
      return {
        status: thread['status'] as Thread['status'],
        values: thread['values'] ?? null,
        interrupts: thread['interrupts'] ?? null,
      };
    },

    /** Busy threads must not be deleted: a local server loses a worker by it. A thread that is gone is deleted. */
    async deleteThread(call: Call, threadId: string): Promise<void> {
      await ask(call, 'DELETE', `/threads/${threadId}`);
    },

    /**
     * All runs of a thread, in no particular order; null where there is no such thread. One that a local server lost
     * when it ended is none.
     */
    async runs(call: Call, threadId: string): Promise<Run[] | null> {
      const runs = await ask(call, 'GET', `/threads/${threadId}/runs?limit=1000`);
      if (!Array.isArray(runs)) return null;
      return runs
        .filter(isObject)
        .map(readRun)
        .filter(({ metadata }) => !isObject(metadata) || metadata['threadmill_lost'] !== true);
    },

    async run(call: Call, threadId: string, runId: string): Promise<Run | null> {
      const run = await ask(call, 'GET', `/threads/${threadId}/runs/${runId}`);
      return isObject(run) ? readRun(run) : null;
    },

    async deleteRun(call: Call, threadId: string, runId: string): Promise<void> {
      await ask(call, 'DELETE', `/threads/${threadId}/runs/${runId}`);
    },

    /** Waits until a run ended, or the call's deadline. What it answers is the thread's latest, so nobody reads it. */
    async join(call: Call, threadId: string, runId: string): Promise<void> {
      await ask(call, 'GET', `/threads/${threadId}/runs/${runId}/join`);
    },

    async cancel(call: Call, threadId: string, runId: string): Promise<void> {
      await ask(call, 'POST', `/threads/${threadId}/runs/${runId}/cancel?wait=false&action=interrupt`);
    },

    /** The state that this run left, and no other; null where the server has none. */
    async checkpoint(call: Call, threadId: string, runId: string): Promise<Checkpoint | null> {
      const history = await ask(call, 'POST', `/threads/${threadId}/history`, {
        limit: 1,
        metadata: { run_id: runId },
      });
      const [newest] = Array.isArray(history) ? history.filter(isObject) : [];
      const state = newest ?? (await ask(call, 'GET', `/threads/${threadId}/state`));
      if (!isObject(state)) return null;
      const checkpoint = readCheckpoint(state);
      return checkpoint.runId === null || checkpoint.runId === runId ? checkpoint : null;
    },

    /**
     * Asks the agent, on a thread or without one, and waits for its answer.
     * @throws RequestError with `may_have_run` where it could have reached the agent; `partial` is what came.
     */
    async createRun(
      call: Call,
      threadId: string | null,
      body: JsonObject,
      marks: RunMarks,
    ): Promise<RunAnswer> {
      const streams = 'stream_mode' in body;
      const stream = streams ? createRunStream(marks, redact) : null;
      const path = `${threadId === null ? '' : `/threads/${threadId}`}/runs/${streams ? 'stream' : 'wait'}`;
      let isEventStream = false;
      const answer = await http
        .send({
          method: 'POST',
          path,
          body,
          ...call,
          onSent: marks.onSent,
          onHeaders: (status, headers) => {
            marks.onStatus(status);
            isEventStream = String(headers['content-type']).startsWith('text/event-stream');
            const runId = runIdOf(headers);
            if (status === 200 && runId !== null) marks.onRunId(runId);
          },
          ...(stream && { onData: stream.feed }),
        })
        .catch((fault: unknown) => {
          if (!(fault instanceof HttpFault)) throw fault;
          const why = faultFailure(fault);
          const partial = stream ? stream.end().text : textOf(fault.partial);
          throw new RequestError(
            { ...why, message: redact(why.message) },
            { cause: fault, partial: partial.trim() === '' ? null : partial },
          );
        });
      if (answer.status !== 200) throw refusal(answer, textOf(answer.body), runtime.date());
      if (stream !== null) return streamAnswer(stream, isEventStream);
      marks.onAnswer();
      return waitAnswer(textOf(answer.body), answer);
    },
  };
}

function streamAnswer(stream: ReturnType<typeof createRunStream>, isEventStream: boolean): RunAnswer {
  const { values, error, text } = stream.end();
  if (values === undefined && error === undefined) {
    const why = isEventStream
      ? failure('protocol', 'STREAM_NO_VALUE', 'the stream ended without a value or an error', unproven)
      : failure('protocol', 'UNEXPECTED_ANSWER', 'the answer is no event stream', unproven);
    throw new RequestError(why, { partial: text === '' ? null : text });
  }
  return { values, error };
}

function waitAnswer(text: string, answer: HttpAnswer): RunAnswer {
  // Servers keep a connection awake by newlines before the value: all of them are JSON's own blanks.
  const values = parseJson(text);
  if (values === undefined)
    throw new RequestError(unreadable(text, answer.status), { partial: text.trim() === '' ? null : text });
  const error = isObject(values) ? values['__error__'] : undefined;
  return error === undefined ? { values, error } : { values: undefined, error };
}

const unproven = { status: 200, mayHaveRun: true, uncertain: true };

/** An answer that is no JSON: a web page, something else, or JSON that was cut. */
function unreadable(text: string, status: number) {
  const facts = { ...unproven, status };
  const start = text.trimStart();
  if (start.startsWith('<'))
    return failure('protocol', 'HTML_ANSWER', `a web page came instead of an answer: ${title(start)}`, facts);
  if (start === '' || /^[[{"]/.test(start)) {
    return failure(
      'protocol',
      'BODY_CUT_SHORT',
      `the answer ends in its middle, after ${text.length} characters`,
      facts,
    );
  }
  return failure('protocol', 'NOT_JSON', `the answer is no JSON: ${errorText(start).slice(0, 80)}`, facts);
}

const title = (html: string) =>
  /<title[^>]*>([^<]{1,80})/i.exec(html)?.[1]?.trim() ?? 'is the URL an Agent Server’s?';

/** From `Content-Location: /threads/{t}/runs/{r}` or `/runs/{r}`; comes with the headers, long before the answer. */
function runIdOf(headers: HttpHeaders): string | null {
  return /\/runs\/([^/?]+)/.exec(String(headers['content-location'] ?? ''))?.[1] ?? null;
}

function readRun(run: JsonObject): Run {
  return {
    run_id: String(run['run_id']),
    status: run['status'] as RunStatus,
    metadata: run['metadata'] ?? null,
  };
}

function readCheckpoint(state: JsonObject): Checkpoint {
  const metadata = state['metadata'];
  const runId = isObject(metadata) ? metadata['run_id'] : undefined;
  return {
    values: state['values'] ?? null,
    next: Array.isArray(state['next']) ? state['next'] : [],
    tasks: Array.isArray(state['tasks']) ? state['tasks'].filter(isObject) : [],
    runId: typeof runId === 'string' ? runId : null,
  };
}

function readAssistant(assistant: JsonObject): Assistant {
  const textOrNull = (value: Json | undefined) => (typeof value === 'string' ? value : null);
  return {
    assistant_id: String(assistant['assistant_id']),
    graph_id: textOrNull(assistant['graph_id']),
    name: textOrNull(assistant['name']),
    version: typeof assistant['version'] === 'number' ? assistant['version'] : null,
    updated_at: textOrNull(assistant['updated_at']),
    config: assistant['config'] ?? null,
    context: assistant['context'] ?? null,
    metadata: assistant['metadata'] ?? null,
  };
}
