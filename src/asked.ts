/** What an interrupt asks: the actions of LangChain's human in the loop, or one question. Pure. */

import { isObject } from './json.ts';
import type { GivenAnswer, Json, JsonObject } from './types.ts';

/** One thing that a human is to decide. */
export interface Action {
  /** The tool that is to be called; null: no tool is named. */
  readonly tool: string | null;
  /** Of the tool, or what a question is about; null: nothing. */
  readonly args: JsonObject | null;
  readonly question: Json;
}

/** The actions that wait for a decision each; none where it is an interrupt of another shape. */
export function requestsOf(value: Json): readonly Json[] {
  const requests = isObject(value) ? value['action_requests'] : undefined;
  return Array.isArray(requests) ? requests : [];
}

/** All that an interrupt asks, in order; one of another shape asks one thing, with what it is about. */
export function actionsOf(value: Json): readonly Action[] {
  const requests = requestsOf(value);
  if (requests.length > 0) return requests.map(actionOf);
  if (!isObject(value)) return [{ tool: null, args: null, question: value }];
  const { question, ...rest } = value;
  if (typeof question !== 'string') return [{ tool: null, args: null, question: value }];
  return [{ tool: null, args: Object.keys(rest).length === 0 ? null : rest, question }];
}

/** How many of these took an answer of the example's script. */
export const scriptedIn = (answers: readonly GivenAnswer[] = []): number =>
  answers.filter(({ by }) => by === 'script').length;

function actionOf(request: Json): Action {
  if (!isObject(request)) return { tool: null, args: null, question: request };
  const name = request['name'] ?? request['action'] ?? null;
  const args = request['args'] ?? request['arguments'] ?? {};
  return {
    tool: name === null || typeof name === 'string' ? name : JSON.stringify(name),
    args: isObject(args) ? args : { args },
    question: request['description'] ?? null,
  };
}
