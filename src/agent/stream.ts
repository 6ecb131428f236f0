/** The events of one run, read as they come: the last values, an error, and when the first token came. */

import type { Json } from '../types.ts';
import { isObject, parseJson } from './failures.ts';
import { contentText } from './response.ts';
import { createEventParser } from './sse.ts';

export interface RunStream {
  feed(chunk: Buffer): void;
  /** What came: `values` undefined where none did. */
  end(): { values: Json | undefined; error: Json | undefined; text: string };
}

export interface StreamMarks {
  onRunId(runId: string): void;
  onFirstToken(): void;
  /** Of each event that may be the answer: latency counts to the last one, not to the end of the body. */
  onAnswer(): void;
}

/** Tokens kept for an answer that is cut short. */
const mostTextLength = 1_000_000;

export function createRunStream(marks: StreamMarks, redact: (text: string) => string): RunStream {
  let values: string | undefined;
  let error: string | undefined;
  let text = '';
  let first = true;

  const token = (data: string) => {
    const message = messageChunk(data);
    if (message === null) return;
    if (first) {
      first = false;
      marks.onFirstToken();
    }
    if (text.length < mostTextLength) text += message;
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
      token(data);
    }
  });

  return {
    feed,
    end: () => ({
      values: values === undefined ? undefined : parseJson(redact(values)),
      error: error === undefined ? undefined : (parseJson(redact(error)) ?? redact(error)),
      text: redact(text),
    }),
  };
}

/** The text of an AI message's piece, `[chunk, metadata]`; null where it is none of the model's. */
function messageChunk(data: string): string | null {
  const pair = parseJson(data);
  const chunk = Array.isArray(pair) ? pair[0] : undefined;
  if (!isObject(chunk) || !['AIMessageChunk', 'ai'].includes(String(chunk['type']))) return null;
  const text = contentText(chunk['content']);
  const calls = chunk['tool_call_chunks'] ?? chunk['tool_calls'];
  return text === '' && !(Array.isArray(calls) && calls.length > 0) ? null : text;
}
