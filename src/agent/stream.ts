/** The events of one run, read as they come: the last values, an error, and when the first token came. */

import { isObject, parseJson } from '../json.ts';
import type { Json, JsonObject } from '../types.ts';
import { KeptEvents } from './kept-events.ts';
import { createKeptText } from './kept-text.ts';
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
/** Of events behind the first token, which are read only where somebody asks for the text, or where they are too many. */
const mostUnreadBytes = 256 * 1024;

/** @param mostEventBytes As `createEventParser` has it. */
export function createRunStream(marks: StreamMarks, redact: Redactor, mostEventBytes: number): RunStream {
  let values: Buffer | undefined;
  let error: Buffer | undefined;
  const text = createKeptText(mostTextLength);
  let messageId: Json = null;
  let isFirstSeen = false;
  const unread = new KeptEvents();

  const token = (chunk: JsonObject) => {
    const said = contentText(chunk['content']);
    if (said === '' && !callsTool(chunk)) return;
    if (!isFirstSeen) marks.onFirstToken();
    isFirstSeen = true;
    const { id = null } = chunk;
    if (!text.isEmpty && id !== messageId) text.add('\n');
    messageId = id;
    text.add(said);
  };
  /** `[chunk, metadata]`: a piece of a message. */
  const readMessage = (data: Buffer) => {
    const pair = parseJson(data.toString('utf8'));
    const chunk = Array.isArray(pair) ? pair[0] : undefined;
    if (isObject(chunk) && isAi(chunk)) token(chunk);
  };
  const readUnread = () => {
    for (const data of unread.take()) readMessage(data);
  };
  const textSoFar = (): string | null => {
    readUnread();
    const said = text.toString();
    return said.trim() === '' ? null : redact.text(said);
  };
  const feed = createEventParser(({ event, data }) => {
    if (event === 'values') {
      values = data; // the last one counts: only that is parsed
      marks.onAnswer();
    } else if (event === 'error') {
      error = data;
      marks.onAnswer();
    } else if (event === 'metadata') {
      const run = parseJson(data.toString('utf8'));
      if (isObject(run) && typeof run['run_id'] === 'string') marks.onRunId(run['run_id']);
    } else if (event === 'messages' || event.startsWith('messages|')) {
      if (!isFirstSeen) return readMessage(data);
      unread.add(data);
      if (unread.byteLength > mostUnreadBytes) readUnread();
    }
  }, mostEventBytes);
  const read = (data: string): Json | undefined => {
    const value = parseJson(data);
    return value === undefined ? undefined : redact.json(value, data);
  };

  return {
    feed,
    end: () => {
      const [valuesText, errorText] = [values?.toString('utf8'), error?.toString('utf8')];
      const value = valuesText === undefined ? undefined : read(valuesText);
      return new StreamedAnswer(
        {
          values: value,
          unread: valuesText !== undefined && value === undefined ? redact.text(valuesText) : null,
          error: errorText === undefined ? undefined : (read(errorText) ?? redact.text(errorText)),
        },
        textSoFar,
      );
    },
  };
}

/** Its text is read once somebody asks for it: of most answers nobody does. */
class StreamedAnswer implements RunAnswer {
  readonly values: RunAnswer['values'];
  readonly error: RunAnswer['error'];
  readonly unread: string | null;
  private readonly readText: () => string | null;

  constructor(
    { values, error, unread }: Omit<RunAnswer, 'text'> & { unread: string | null },
    readText: () => string | null,
  ) {
    this.values = values;
    this.error = error;
    this.unread = unread;
    this.readText = readText;
  }

  get text(): string | null {
    return this.readText();
  }
}

function callsTool(chunk: JsonObject): boolean {
  const calls = chunk['tool_call_chunks'] ?? chunk['tool_calls'];
  return Array.isArray(calls) && calls.length > 0;
}
