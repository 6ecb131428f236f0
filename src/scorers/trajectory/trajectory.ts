/** What a turn called, in order, read from its messages as they came over the wire. Pure. */

import { isObject, isSame } from '../../json.ts';
import type { Json, JsonObject, ToolCall } from '../../types.ts';
import { type Message, readMessage } from './message.ts';
import { callsOf, type MessageCall } from './message-calls.ts';
import { answersOf, type ToolAnswer } from './tool-answers.ts';

/** One call of a trajectory. */
export interface Call extends MessageCall {
  /** Which message made it, counted over those that call: calls of one step were made in parallel. */
  readonly step: number;
  /** Did its tool say that it failed, or a human that it may not? */
  readonly hasFailed: boolean;
}

/** A turn's calls. With a problem they are not all known, and nothing passes. */
export interface Trajectory {
  readonly calls: readonly Call[];
  /** What could not be read, a sentence each. */
  readonly problems: readonly string[];
}

/** What of a record, or of an outcome and its turn, a trajectory is read from. */
export interface Told {
  /** What the turn sent: its messages are not the agent's. */
  readonly input: Json;
  readonly messages: readonly Json[];
  readonly tool_calls: readonly ToolCall[];
}

export function trajectoryOf({ input, messages, tool_calls }: Told): Trajectory {
  if (messages.length > 0) return ofMessages(messages, sentMessages(input));
  if (tool_calls.length > 0) return ofCalls(tool_calls);
  const problem =
    'the record holds no messages (another --record, or a graph that is no chat): what was called is not known';
  return { calls: [], problems: [problem] };
}

/** Of calls that are known already, each after the other. */
export const ofCalls = (calls: readonly ToolCall[]): Trajectory => ({
  calls: calls.map(({ name, args, id }, step) =>
    callAt({ name, args, id, isReadable: name !== '' && isObject(args) }, step, false),
  ),
  problems: [],
});

/** Field by field: an object with spreads and more fields is a shape of its own each time, and costs memory. */
export const callAt = (
  { name, args, id, isReadable }: MessageCall,
  step: number,
  hasFailed: boolean,
): Call => ({
  name,
  args,
  id,
  isReadable,
  step,
  hasFailed,
});

/** Of a turn's messages. @param sent Those among them that the turn sent, in any form. */
function ofMessages(all: readonly Json[], sent: readonly Json[]): Trajectory {
  const waiting = sent.map(readMessage).filter((message) => message !== null);
  const seen: Message[] = [];
  const calls: Call[] = [];
  const answers: ToolAnswer[] = [];
  const problems: string[] = [];
  let step = 0;
  for (const [place, value] of all.entries()) {
    const message = readMessage(value);
    if (message === null) {
      problems.push(unknownShape(value, place));
      continue;
    }
    if (wasSent(message, waiting) || isCopy(message, seen)) continue;
    seen.push(message);
    answers.push(...answersOf(message, place));
    if (message.kind !== 'ai') continue;
    const made = callsOf(message.fields);
    if (made === null) problems.push(unknownCalls(place));
    for (const call of made ?? []) calls.push(callAt(call, step, false));
    if (made === null || made.length > 0) step += 1;
  }
  const { failed, unasked } = paired(calls, answers);
  return {
    calls: calls.map((call) => (failed.has(call) ? callAt(call, call.step, true) : call)),
    problems: [...problems, ...unasked.map(unaskedAnswer)],
  };
}

function sentMessages(input: Json): readonly Json[] {
  const messages = isObject(input) ? input['messages'] : input;
  return Array.isArray(messages) ? messages : [];
}

/** Each message sent is one of those that came back, whatever form and id the server gave it. */
function wasSent(message: Message, waiting: Message[]): boolean {
  const at = waiting.findIndex(
    (one) =>
      one.kind === message.kind &&
      isSame(one.fields['content'] ?? '', message.fields['content'] ?? '') &&
      isSameAnswer(one.fields, message.fields) &&
      isSameCalling(one.fields, message.fields),
  );
  if (at !== -1) waiting.splice(at, 1);
  return at !== -1;
}

const isSameAnswer = (one: JsonObject, other: JsonObject): boolean =>
  (one['tool_call_id'] ?? null) === (other['tool_call_id'] ?? null);

function isSameCalling(one: JsonObject, other: JsonObject): boolean {
  const [calls, others] = [callsOf(one), callsOf(other)];
  if (calls === null || others === null || calls.length !== others.length) return false;
  return calls.every(
    (call, at) =>
      call.name === others[at]?.name && isSame(call.args, others[at]?.args) && call.id === others[at]?.id,
  );
}

/** A subgraph that gives back its whole list may leave a message there twice: the very same one, by its id. */
const isCopy = ({ fields }: Message, seen: readonly Message[]): boolean =>
  typeof fields['id'] === 'string' &&
  seen.some((message) => message.fields['id'] === fields['id'] && isSame(message.fields, fields));

/** Which calls failed, and which answers no call asked for. */
function paired(calls: readonly Call[], answers: readonly ToolAnswer[]) {
  const waiting = [...calls];
  const failed = new Set<Call>();
  const unasked: ToolAnswer[] = [];
  for (const answer of answers) {
    const byId = waiting.findIndex(({ id }) => id !== null && id === answer.callId);
    const at = byId === -1 ? waiting.findIndex((call) => mayAnswer(answer, call)) : byId;
    const [call] = at === -1 ? [] : waiting.splice(at, 1);
    if (call === undefined) unasked.push(answer);
    else if (answer.hasFailed) failed.add(call);
  }
  return { failed, unasked: unasked.filter(({ callId }) => !calls.some(({ id }) => id === callId)) };
}

/** Where one of the two has no id, by the tool's name, if that is told. */
const mayAnswer = ({ callId, name }: ToolAnswer, call: Call): boolean =>
  (callId === null || call.id === null) && (name === null || name === call.name);

function unknownShape(value: Json, place: number): string {
  const type = isObject(value) ? (value['type'] ?? value['role']) : undefined;
  const told = typeof type === 'string' ? `of type ${JSON.stringify(type.slice(0, 40))}` : 'without a type';
  return `message ${place + 1} (${told}) is of an unknown shape: what it calls is not known`;
}

const unknownCalls = (place: number): string =>
  `message ${place + 1} calls tools in an unknown shape: expected a list of {"name":"…","args":{…},"id":"…"}`;

const unaskedAnswer = ({ place, name, callId }: ToolAnswer): string =>
  `message ${place + 1} answers a call that no message makes (${JSON.stringify((name ?? callId ?? 'no id').slice(0, 60))}): not all calls are known`;
