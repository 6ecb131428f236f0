/** The events of one run, read as they come: the last values, an error, and when the first token came. */

import type { Json, JsonObject } from '../types.ts';
import { isObject, parseJson } from './failures.ts';
import { contentText, isAi } from './messages.ts';
import type { Redactor } from './redact.ts';
import type { RunAnswer } from './run-answer.ts';
import { createEventParser } from './sse.ts';

export interface RunStream {
  feed(chunk: Buffer): void;
  end(): RunAnswer;
}

export interface StreamMarks {
  onRunId(runId: string): void;
  onFirstToken(): void;
  /** Of each event that may be the answer: latency counts to the last one, not to the end of the body. */
  onAnswer(): void;
}

/** Tokens kept for an answer that is cut short. */
const mostTextLength = 1_000_000;

/** @param mostEventLength As `createEventParser` has it. */
export function createRunStream(marks: StreamMarks, redact: Redactor, mostEventLength: number): RunStream {
  let values: string | undefined;
  let error: string | undefined;
  let text = '';
  let messageId: Json = null;

  const token = (chunk: JsonObject) => {
    const said = contentText(chunk['content']);
    if (said === '' && !callsTool(chunk)) return;
    marks.onFirstToken();
    const { id = null } = chunk;
    if (text !== '' && id !== messageId) text += '\n';
    messageId = id;
    if (text.length < mostTextLength) text += said;
  };
  const feed = createEventParser(({ event, data }) => {
    if (event === 'values') {
      values = data; // the last one counts: only that is parsed
      marks.onAnswer();
    } else if (event === 'error') {
      error = data;
      marks.onAnswer();
    } else if (event === 'metadata') {
      const run = parseJson(data);
      if (isObject(run) && typeof run['run_id'] === 'string') marks.onRunId(run['run_id']);
    } else if (event === 'messages' || event.startsWith('messages|')) {
      // `[chunk, metadata]`: a piece of a message
      const pair = parseJson(data);
      const chunk = Array.isArray(pair) ? pair[0] : undefined;
      if (isObject(chunk) && isAi(chunk)) token(chunk);
    }
  }, mostEventLength);
  const read = (data: string): Json | undefined => {
    const value = parseJson(data);
    return value === undefined ? undefined : redact.json(value, data);
  };

  return {
    feed,
    end: () => {
      const said = text.trim() === '' ? null : redact.text(text);
      const value = values === undefined ? undefined : read(values);
      return {
        values: value,
        unread: values !== undefined && value === undefined ? redact.text(values) : null,
        error: error === undefined ? undefined : (read(error) ?? redact.text(error)),
        text: said,
      };
    },
  };
}

function callsTool(chunk: JsonObject): boolean {
  const calls = chunk['tool_call_chunks'] ?? chunk['tool_calls'];
  return Array.isArray(calls) && calls.length > 0;
}
