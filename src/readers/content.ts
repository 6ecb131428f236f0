import { isNestedTooDeep } from '../nesting.ts';
import type { Json, JsonObject } from '../types.ts';
import { type Layout, matchName, type Role } from './columns.ts';
import { refuseInexact } from './exact.ts';
import { jsonFault } from './json-fault.ts';
import { type Content, nestedTooDeep, RowProblem, setField } from './rows.ts';
import * as shapes from './shapes.ts';
import type { Template } from './template.ts';

/** A row's values with what they are read as. */
export interface LaidOutRow {
  readonly layout: Layout;
  /** By the layout's names; none is null. */
  readonly values: readonly Json[];
  /** A CSV's values are cells: text, and in the columns that hold JSON the text of it. */
  readonly valuesAreCells: boolean;
  readonly metadata: JsonObject;
}

/** What a row says. @throws RowProblem */
export function contentOf(row: LaidOutRow, template: Template | null): Content {
  const { input, turns } = template === null ? askedOf(row) : rendered(template, row);
  const thread = read(row, 'thread', shapes.key) ?? undefined;
  const resume = read(row, 'resume', shapes.resume) ?? undefined;
  const expected = fieldOf(row, 'expected')?.value;
  const expectedInterrupts = read(row, 'expectedInterrupts', shapes.expectedInterrupts) ?? undefined;
  if (turns !== undefined && thread !== undefined) throw twoConversations(row.layout);
  if (turns !== undefined && expectedInterrupts !== undefined) throw interruptsOfTurns();
  return {
    id: read(row, 'id', shapes.key),
    identity: {
      input: template === null ? (turns ?? input) : saidBefore(template, row),
      thread,
      resume,
    },
    input,
    turns,
    thread,
    expected: expected === undefined || expected === '' ? null : expected,
    expectedTools: read(row, 'expectedTools', (field) => shapes.toolsOf(field, turns)) ?? undefined,
    expectedInterrupts,
    resume,
    metadata: row.metadata,
  };
}

function askedOf(row: LaidOutRow): shapes.Asked {
  const { inputShape, roles } = row.layout;
  const field = fieldOf(row, 'input');
  if (field === null) throw new RowProblem(`"${roles.input}": expected JSON, saw an empty cell`);
  if (inputShape !== 'any') return shapesByName[inputShape](field);
  return row.valuesAreCells
    ? { input: shapes.prompt(field, 'text'), turns: undefined }
    : shapes.anyInput(field);
}

const shapesByName = { inputs: shapes.inputs, messages: shapes.messages, turns: shapes.turns };

function rendered(template: Template, row: LaidOutRow): shapes.Asked {
  const texts = row.layout.templatePlaces.map((place) => textOf(row.values[place]));
  const value = template.render(texts);
  return { input: shapes.prompt({ name: '--template', value }, 'a prompt'), turns: undefined };
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** The input before any template; where no column is one, those that the template names. */
function saidBefore(template: Template, row: LaidOutRow): Json {
  const { places, templatePlaces } = row.layout;
  if (places.input !== -1) {
    try {
      return askedOf(row).input;
    } catch (error) {
      if (!(error instanceof RowProblem)) throw error;
      return row.values[places.input] ?? null; // Not asked, so it need not be fit to be.
    }
  }
  const named: JsonObject = {};
  for (const [index, column] of template.columns.entries()) {
    setField(named, matchName(column), row.values[templatePlaces[index] ?? -1] ?? null);
  }
  return named;
}

function read<T>(row: LaidOutRow, role: Role, shape: (field: shapes.Field) => T): T | null {
  const field = fieldOf(row, role);
  return field === null ? null : shape(field);
}

function fieldOf({ layout, values, valuesAreCells }: LaidOutRow, role: Role): shapes.Field | null {
  const place = layout.places[role];
  if (place === -1) return null;
  const name = layout.names[place];
  const value = values[place];
  if (name === undefined || value === undefined) return null;
  const isJson = role === 'input' ? layout.inputShape !== 'any' : jsonRoles.has(role);
  if (!valuesAreCells || !isJson || typeof value !== 'string') return { name, value };
  const parsed = value.trim() === '' ? null : parsedCell(name, value);
  return parsed === null ? null : { name, value: parsed };
}

const jsonRoles: ReadonlySet<Role> = new Set<Role>(['resume', 'expectedTools', 'expectedInterrupts']);

function parsedCell(name: string, text: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    const fault = jsonFault(text);
    const advice = matchName(name) === 'inputs' ? '; for plain text, call the column "input"' : '';
    throw new RowProblem(
      `"${name}": expected JSON; at its character ${(fault?.at ?? 0) + 1} ${fault?.problem}${advice}`,
    );
  }
  if (isNestedTooDeep(text)) nestedTooDeep();
  refuseInexact(text);
  return value;
}

const interruptsOfTurns = () =>
  new RowProblem(
    '"expected_interrupts": expected one turn a row, with a thread column, saw a conversation in one row: of which turn it is cannot be told',
  );

function twoConversations({ roles }: Layout): RowProblem {
  return new RowProblem(
    `expected a conversation in one row ("${roles.input}") or over several ("${roles.thread}"), saw both: empty one`,
  );
}
