/** What the scripted Agent Server's handlers share: finding what a request names, or refusing it. */

import type { Json, JsonObject } from '../../src/types.ts';
import { type Answer, Refusal } from './server-answers.ts';
import type { LoggedRequest } from './server-request.ts';
import { type Assistant, isObject, type Run, type Thread, type World } from './server-state.ts';

export type Handler = (world: World, request: LoggedRequest) => Answer | Promise<Answer>;

export function badField(world: World, field: string, message: string): Refusal {
  const status = world.flavour === 'local' ? 400 : 422;
  return new Refusal(status, `${field}: ${message}`, { code: 'invalid_string', message, path: [field] });
}

export function bodyOf(world: World, request: LoggedRequest): JsonObject {
  if (isObject(request.body)) return request.body;
  throw new Refusal(world.flavour === 'local' ? 400 : 422, 'Malformed JSON in request body');
}

export const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

export const numberOf = (value: Json | undefined, otherwise: number) =>
  typeof value === 'number' ? value : otherwise;

const threadNotFound = (world: World, threadId: string) =>
  new Refusal(404, world.flavour === 'local' ? `Thread with ID ${threadId} not found` : 'Thread not found');

export function threadOf(world: World, threadId: string): Thread {
  const thread = world.threads.get(threadId);
  if (thread === undefined) throw threadNotFound(world, threadId);
  return thread;
}

export function runOf(thread: Thread, runId: string): Run {
  const run = thread.runs.find((one) => one.run_id === runId);
  if (run === undefined) throw new Refusal(404, 'Run not found');
  return run;
}

export function findAssistant({ assistant }: World, id: string): Assistant | undefined {
  return assistant.assistant_id === id || assistant.graph_id === id ? assistant : undefined;
}
