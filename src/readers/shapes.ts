import { isObject } from '../json.ts';
import type {
  ExpectedInterrupt,
  ExpectedTool,
  ExpectedTools,
  Input,
  Json,
  JsonObject,
  ToolsByTurn,
} from '../types.ts';
import { RowProblem } from './rows.ts';

/** What a row asks: one input, or the turns of a whole conversation, of which `input` is the first. */
export interface Asked {
  readonly input: Input;
  readonly turns: readonly string[] | undefined;
}

/** A value with the name of its column, for messages. */
export interface Field {
  readonly name: string;
  readonly value: Json;
}

/** Text, an object as the graph's input, or chat messages. @throws RowProblem */
export function anyInput(field: Field): Asked {
  if (Array.isArray(field.value)) return messages(field);
  if (isObject(field.value)) return { input: field.value, turns: undefined };
  return { input: prompt(field, 'text, an object or an array of chat messages'), turns: undefined };
}

/** An object as the graph's input, or text. @throws RowProblem */
export function inputs(field: Field): Asked {
  if (isObject(field.value)) return { input: field.value, turns: undefined };
  return { input: prompt(field, 'an object, the input of the graph'), turns: undefined };
}

/** Chat messages, each with a role (or type) and content. @throws RowProblem */
export function messages({ name, value }: Field): Asked {
  const expected = 'a filled array of chat messages as {"role":"user","content":"…"}';
  if (!Array.isArray(value) || value.length === 0) throw wrong(name, expected, value);
  const input = value.map((message, place) => {
    if (isMessage(message)) return message;
    throw wrong(`${name}[${place}]`, 'an object with "role" (or "type") and "content"', message);
  });
  return { input, turns: undefined };
}

function isMessage(message: Json): message is JsonObject {
  if (!isObject(message)) return false;
  const { role, type, content } = message;
  const isNamed = typeof role === 'string' || typeof type === 'string';
  return (
    isNamed && (typeof content === 'string' || Array.isArray(content) || Array.isArray(message['tool_calls']))
  );
}

/** One conversation: what is asked, turn by turn. @throws RowProblem */
export function turns({ name, value }: Field): Asked {
  if (!Array.isArray(value)) throw wrong(name, 'a filled array of texts', value);
  const texts = value.map((turn, place) => prompt({ name: `${name}[${place}]`, value: turn }, 'text'));
  const [input] = texts;
  if (input === undefined) throw wrong(name, 'a filled array of texts', value);
  return { input, turns: texts };
}

/** Answers to interrupts, in order. @throws RowProblem */
export function resume({ name, value }: Field): readonly Json[] {
  if (!Array.isArray(value)) throw wrong(name, 'an array of answers to interrupts', value);
  return value;
}

/** Tools of all that the row asks, or a list for each of its turns. @throws RowProblem */
export function toolsOf({ name, value }: Field, turns: readonly string[] | undefined): ExpectedTools {
  const isByTurn = Array.isArray(value) && value.some(Array.isArray);
  return isByTurn ? toolsByTurn({ name, value }, turns) : expectedTools({ name, value });
}

function toolsByTurn(
  { name, value }: { readonly name: string; readonly value: Json[] },
  turns: readonly string[] | undefined,
): ToolsByTurn {
  if (turns === undefined) {
    throw new RowProblem(
      `"${name}": expected one list, for the row is one turn, saw lists in a list, which are for a row with "turns"`,
    );
  }
  if (value.length !== turns.length) {
    throw new RowProblem(`"${name}": expected ${turns.length} lists, one for each turn, saw ${value.length}`);
  }
  return value.map((tools, place) =>
    tools === null ? null : expectedTools({ name: `${name}[${place}]`, value: tools }),
  );
}

/** Names, or names with arguments. A name alone and an object with nothing but a name are the same. @throws RowProblem */
export function expectedTools({ name, value }: Field): readonly ExpectedTool[] {
  if (!Array.isArray(value))
    throw wrong(name, 'an array of tool names, or of {"name":"…","args":{…}}', value);
  return value.map((tool, place) => {
    if (typeof tool === 'string') return tool;
    const at = `${name}[${place}]`;
    if (!isObject(tool) || typeof tool['name'] !== 'string')
      throw wrong(at, 'a tool name or {"name":"…","args":{…}}', tool);
    const unknown = Object.keys(tool).find((key) => !toolCallFields.has(key));
    if (unknown !== undefined)
      throw new RowProblem(`"${at}": expected the fields name and args, saw "${unknown}"`);
    const { name: toolName, args } = tool;
    if (args === undefined || args === null) return toolName;
    if (!isObject(args)) throw wrong(`${at}.args`, 'an object', args);
    return { name: toolName, args };
  });
}

/** Tools, as those that are expected, or questions. @throws RowProblem */
export function expectedInterrupts({ name, value }: Field): readonly ExpectedInterrupt[] {
  const all = 'an array of tool names, of {"name":"…","args":{…}} or of {"question":"…"}';
  if (!Array.isArray(value)) throw wrong(name, all, value);
  return value.flatMap((item, place): readonly ExpectedInterrupt[] => {
    if (!isObject(item) || !('question' in item)) return expectedTools({ name, value: [item] });
    const { question = null, ...rest } = item;
    const [unknown] = Object.keys(rest);
    if (unknown === undefined) return [{ question }];
    throw new RowProblem(`"${name}[${place}]": expected question alone, saw "${unknown}" beside it`);
  });
}

/** Those of a recorded tool call, so that one can be taken over as it is. */
const toolCallFields = new Set(['name', 'args', 'id', 'type']);

/** A key such as an id; a number is read as its digits, empty is none. @throws RowProblem */
export function key({ name, value }: Field): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  if (typeof value !== 'number') throw wrong(name, 'text or a number', value);
  return String(value);
}

/** What a row asks in words. An agent that is sent nothing answers nothing: empty is no prompt. @throws RowProblem */
export function prompt({ name, value }: Field, expected: string): string {
  if (typeof value !== 'string') throw wrong(name, expected, value);
  if (value.trim() === '') {
    const saw = value === '' ? 'an empty text' : 'nothing but blanks';
    throw new RowProblem(`"${name}": expected ${expected}, saw ${saw}`);
  }
  return value;
}

function wrong(name: string, expected: string, value: Json | undefined): RowProblem {
  return new RowProblem(`"${name}": expected ${expected}, saw ${sort(value)}`);
}

/** What sort of thing a value is, and what it says where that is short. */
export function sort(value: Json | undefined): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`;
  if (isObject(value)) {
    const fields = Object.keys(value)
      .slice(0, 5)
      .map((name) => JSON.stringify(name));
    return fields.length === 0 ? 'an empty object' : `an object with ${fields.join(', ')}`;
  }
  if (typeof value !== 'string') return String(value);
  return value.length > 40
    ? `the text ${JSON.stringify(value.slice(0, 40))}…`
    : `the text ${JSON.stringify(value)}`;
}
