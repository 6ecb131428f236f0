/**
 * The tools one AI message calls. Up to five fields tell them, as views of the same calls: `tool_calls` has LangChain's
 * form, the others the model provider's. Pure.
 */

import { isNone, isObject, parseJson } from '../../json.ts';
import type { Json, JsonObject } from '../../types.ts';

/** One call as its message tells it. */
export interface MessageCall {
  /** Empty where the model gave none: such a call never ran. */
  readonly name: string;
  readonly args: Json;
  /** Has it a name and arguments that are an object? Else it never ran, and is what nobody expects. */
  readonly isReadable: boolean;
  readonly id: string | null;
}

/** Null where a field that tells calls is of an unknown shape. */
export function callsOf(message: JsonObject): readonly MessageCall[] | null {
  const views = viewsOf(message);
  if (views === null) return null;
  const [calls = [], ...others] = views;
  return others.reduce(withUnseen, calls);
}

function viewsOf(message: JsonObject): readonly (readonly MessageCall[])[] | null {
  const { additional_kwargs: kwargs } = message;
  const further = isObject(kwargs) ? kwargs : {};
  const valid = viewOf(message['tool_calls'], readCall);
  const invalid = viewOf(message['invalid_tool_calls'], readInvalid);
  const raw = viewOf(further['tool_calls'], readCall);
  const blocks = viewOf(callBlocks(message['content']), readCall);
  const chunks = viewOf(message['tool_call_chunks'], readCall);
  if (valid === null || invalid === null || raw === null || blocks === null || chunks === null) return null;
  const told = [[...valid, ...invalid], raw, blocks, chunks];
  if (told.some((view) => view.length > 0)) return told;
  // OpenAI's old form holds one call, without an id: it adds nothing to any of the others.
  const old = message['function_call'] ?? further['function_call'];
  const oldCalls = isNone(old) ? [] : viewOf([old], readCall);
  return oldCalls === null ? null : [oldCalls];
}

function viewOf(
  value: Json | undefined,
  read: (call: JsonObject) => MessageCall | null,
): readonly MessageCall[] | null {
  if (isNone(value)) return [];
  if (!Array.isArray(value)) return null;
  const calls = value.map((call) => (isObject(call) ? read(call) : null));
  return calls.every((call) => call !== null) ? calls : null;
}

/** Of a message's content: calls as Anthropic, OpenAI and LangChain 1 write them, and those that the provider itself runs. */
const blockTypes = new Set([
  ...['tool_use', 'tool_call', 'function_call', 'invalid_tool_call', 'tool_call_chunk'],
  ...['server_tool_use', 'server_tool_call', 'mcp_tool_use'],
]);

const callBlocks = (content: Json | undefined): Json[] =>
  (Array.isArray(content) ? content : []).filter(
    (block) => isObject(block) && typeof block['type'] === 'string' && blockTypes.has(block['type']),
  );

/** Null where it has no name. */
function readCall(call: JsonObject): MessageCall | null {
  if (call['type'] === 'invalid_tool_call') return readInvalid(call);
  const said = isObject(call['function']) ? call['function'] : call;
  const { name } = said;
  if (typeof name !== 'string' || name === '') return null;
  const args = argsOf(said);
  return { name, args, isReadable: isObject(args), id: idOf(call) };
}

/** One that LangChain could not read and never ran. */
function readInvalid(call: JsonObject): MessageCall {
  const { name } = call;
  return {
    name: typeof name === 'string' ? name : '',
    args: argsOf(call),
    isReadable: false,
    id: idOf(call),
  };
}

/** An object where it can be read as one: of nothing an empty one, as models call tools without parameters. */
function argsOf(call: JsonObject): Json {
  const args = call['args'] ?? call['arguments'] ?? call['input'] ?? '';
  if (typeof args !== 'string') return args;
  return args.trim() === '' ? {} : (parseJson(args) ?? args);
}

/** OpenAI's newer blocks have an id of their own beside that of the call. */
function idOf(call: JsonObject): string | null {
  const id = call['call_id'] ?? call['id'];
  return typeof id === 'string' && id !== '' ? id : null;
}

/** With those calls of a further view that are not yet among them: by id, or by name where one of two has none. */
function withUnseen(known: readonly MessageCall[], view: readonly MessageCall[]): readonly MessageCall[] {
  const left = [...known];
  const take = (is: (call: MessageCall) => boolean): boolean => {
    const at = left.findIndex(is);
    if (at !== -1) left.splice(at, 1);
    return at !== -1;
  };
  const byId = view.filter(({ id }) => id === null || !take((call) => call.id === id));
  const unseen = byId.filter(
    ({ id, name }) => !take((call) => call.name === name && (id === null || call.id === null)),
  );
  return unseen.length === 0 ? known : [...known, ...unseen];
}
