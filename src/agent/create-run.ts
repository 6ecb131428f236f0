/** The request that asks the agent: sent once, never repeated here. */

import type { Try } from '../contracts.ts';
import type { RequestError } from '../errors.ts';
import { retryAfterMs } from '../retry-after.ts';
import type { Runtime } from '../runtime.ts';
import type { JsonObject } from '../types.ts';
import {
  type ExchangeLimits,
  type HttpAnswer,
  HttpFault,
  type HttpHeaders,
  isEventStream,
  type RequestMarks,
} from './exchange.ts';
import { faultFailure, statusFailure } from './failures.ts';
import type { Http } from './http.ts';
import type { Limit } from './limit.ts';
import { rateResetMs } from './rate-headers.ts';
import type { Redactor } from './redact.ts';
import { keptPart, noStream, type RunAnswer, readStream, readWait } from './run-answer.ts';
import { threadPath } from './server.ts';
import { createRunStream, type StreamMarks } from './stream.ts';

/**
 * Asks the agent, on a thread or without one, and waits for its answer. Notes in `attempt` what it learns on the way.
 * @throws RequestError with `may_have_run` where it could have reached the agent; `partial` is what came.
 */
export type CreateRun = (attempt: Try, threadId: string | null, body: JsonObject) => Promise<RunAnswer>;

interface CreateRunOptions extends Pick<ExchangeLimits, 'maxAnswerBytes'> {
  readonly limit: Limit;
  readonly traceparent?: ((metadata: JsonObject) => string) | undefined;
}

export function createRunCreator(
  http: Http,
  runtime: Runtime,
  redact: Redactor,
  { maxAnswerBytes, limit, traceparent }: CreateRunOptions,
): CreateRun {
  const refusal = (answer: HttpAnswer): RequestError =>
    redact.error(statusFailure(answer, redact.text(answer.body.toString('utf8'))), {
      retryAfterMs: retryAfterMs(answer.headers, runtime.date()),
    });

  return async (attempt, threadId, body) => {
    const marks = new AttemptMarks(attempt, limit, runtime);
    const stream = 'stream_mode' in body ? createRunStream(marks, redact, maxAnswerBytes) : null;
    const { deadline, signal } = attempt;
    let answer: HttpAnswer;
    try {
      answer = await http.send({
        method: 'POST',
        path: `${threadId === null ? '' : threadPath(threadId)}/runs/${stream ? 'stream' : 'wait'}`,
        body,
        traceparent: traceparent?.(body['metadata'] as JsonObject),
        deadline,
        signal,
        marks,
        onEvents: stream?.feed,
      });
    } catch (fault) {
      if (!(fault instanceof HttpFault)) throw fault;
      marks.onAnswer();
      const came = stream?.end().text ?? fault.partial.toString('utf8');
      throw redact.error(faultFailure(fault), { partial: keptPart(redact.text(came)) });
    }
    if (stream && isEventStream(answer.status, answer.headers)) return readStream(stream.end(), redact);
    marks.onAnswer();
    if (answer.status !== 200) throw refusal(answer);
    const text = answer.body.toString('utf8');
    if (stream) throw noStream(text, redact);
    return readWait(text, redact);
  };
}

/** Writes what a request tells while it is under way into the attempt. */
class AttemptMarks implements RequestMarks, StreamMarks {
  private readonly attempt: Try;
  private readonly limit: Limit;
  private readonly runtime: Runtime;

  constructor(attempt: Try, limit: Limit, runtime: Runtime) {
    this.attempt = attempt;
    this.limit = limit;
    this.runtime = runtime;
  }

  onSent(): void {
    this.attempt.sentAt = this.runtime.now();
  }

  onHeaders(status: number, headers: HttpHeaders): void {
    this.attempt.status = status;
    const restMs = rateResetMs(headers);
    if (restMs !== null) this.limit.rest(restMs);
    if (status === 200) this.attempt.accepted();
    if (status === 200) this.attempt.runId = runIdOf(headers);
  }

  onRunId(runId: string): void {
    this.attempt.runId = runId;
  }

  onFirstToken(): void {
    this.attempt.firstTokenAt ??= this.runtime.now();
  }

  onAnswer(): void {
    this.attempt.answeredAt = this.runtime.now();
  }
}

/** From `Content-Location: /threads/{t}/runs/{r}` or `/runs/{r}`; comes with the headers, long before the answer. */
function runIdOf(headers: HttpHeaders): string | null {
  return /\/runs\/([^/?]+)/.exec(String(headers['content-location'] ?? ''))?.[1] ?? null;
}
