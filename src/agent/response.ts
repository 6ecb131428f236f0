/** Outcomes out of what the server answered: this turn's messages, tool calls, usage and text alone. Pure. */

import { isObject, parseJson } from '../json.ts';
import type { Failure, Interrupt, Json, Outcome, OutcomeName } from '../types.ts';
import { failure, oneLine } from './failures.ts';
import { interruptReason } from './interrupts.ts';
import {
  answerText,
  messagesOf,
  replies,
  type TurnPlace,
  toolCalls,
  turnMessages,
  usageOf,
} from './messages.ts';

/** The text that came before the end, which may be costly to tell. */
export interface Said {
  readonly text: string | null;
}

/** How far a turn came: the state, where it is told, and the text that came before it. */
export interface Far {
  readonly values: Json | undefined;
  readonly said: Said;
  readonly place: TurnPlace;
}

/** What a turn brought. */
interface Brought extends Omit<Outcome, 'outcome' | 'failure' | 'interrupts'> {
  /** Messages that the agent added; null where the values are no chat. */
  readonly added: number | null;
}

/** What this turn brought, out of the values the server answered with. */
export function readValues(values: Json, place: TurnPlace): Brought {
  const all = messagesOf(values);
  if (all === null) {
    const response = typeof values === 'string' ? values : JSON.stringify(values);
    return { response, messages: [], tool_calls: [], usage: null, output: values, added: null };
  }
  const messages = turnMessages(all, place);
  const added = replies(messages, place);
  return {
    response: answerText(added),
    messages,
    tool_calls: added.flatMap(toolCalls),
    usage: usageOf(added),
    output: values,
    added: added.length,
  };
}

const nothing: Brought = {
  response: null,
  messages: [],
  tool_calls: [],
  usage: null,
  output: null,
  added: null,
};

/** Answers without a value: nothing was computed, or nothing is told. */
export const isEmpty = (values: Json | undefined): boolean =>
  values === undefined || values === null || (isObject(values) && Object.keys(values).length === 0);

/** The run ended well. */
export const success = ({ values, place }: Far): Outcome => answered(readValues(values ?? null, place));

export const answered = (brought: Brought): Outcome =>
  ended('success', brought, { interrupts: [], why: null });

/** Field by field, as in record.ts. */
const ended = (
  outcome: OutcomeName,
  { response, messages, tool_calls, usage, output }: Brought,
  { interrupts, why }: { readonly interrupts: Interrupt[]; readonly why: Failure | null },
): Outcome => ({ response, messages, tool_calls, usage, output, interrupts, outcome, failure: why });

/** The turn did not end well; what it brought up to then is kept. */
export function failed(why: Failure, far?: Far): Outcome {
  return ended('error', broughtSoFar(far), { interrupts: [], why });
}

/** The run waits for a human. */
export function interrupted(interrupts: Interrupt[], far: Far): Outcome {
  return ended('interrupted', broughtSoFar(far), { interrupts, why: interruptReason(interrupts) });
}

/** Half a state is no answer: only a chat's text is taken out of it. */
function broughtSoFar(far: Far | undefined): Brought {
  if (far === undefined) return nothing;
  const { values = null, said, place } = far;
  const brought = isEmpty(values) ? nothing : readValues(values, place);
  const answer = messagesOf(values) === null ? null : brought.response;
  return { ...brought, response: answer ?? said.text };
}

/** The agent itself failed: it ran, and we know how it ended. */
export function agentError(error: Json | undefined, far?: Far): Outcome {
  const { name, message } = errorOf(error);
  const said = name === 'Error' || name === '' ? message : `${name}: ${message}`;
  const facts = { status: 200, mayHaveRun: true };
  const code = agentCodes.get(name) ?? 'AGENT_ERROR';
  return failed(failure('agent', code, oneLine(said) || 'the agent failed and told no reason', facts), far);
}

/** By the error's class: those that come again however often the agent is asked (LangGraph, zod, pydantic). */
const agentCodes: ReadonlyMap<string, string> = new Map([
  ['GraphRecursionError', 'RECURSION_LIMIT'],
  ['ZodError', 'INPUT_REFUSED'],
  ['ValidationError', 'INPUT_REFUSED'],
  ['EmptyInputError', 'INPUT_REFUSED'],
]);

/** `{error, message}`, plain (deployed), encoded twice (local), or as a task of the state has it. */
function errorOf(error: Json | undefined): { name: string; message: string } {
  if (typeof error === 'string') {
    const inner = parseJson(error);
    return isObject(inner) ? errorOf(inner) : { name: '', message: error };
  }
  if (!isObject(error)) return { name: '', message: '' };
  const name = String(error['error'] ?? error['name'] ?? '');
  const message = error['message'] ?? '';
  const inner = typeof message === 'string' ? parseJson(message) : message;
  if (isObject(inner) && 'message' in inner) return errorOf(inner);
  return { name, message: typeof message === 'string' ? message : JSON.stringify(message) };
}
