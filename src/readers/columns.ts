import type { ReadOptions } from '../contracts.ts';
import type { ColumnRoles } from '../types.ts';
import { RowProblem } from './rows.ts';
import type { Template } from './template.ts';

export type Role = keyof ColumnRoles;

/** The names by which a column is known, for each role: the first one found wins. */
export const recognisedNames = {
  input: ['prompt', 'input', 'inputs', 'question', 'query', 'message', 'text', 'messages', 'turns'],
  id: ['id', 'custom_id', 'question_id'],
  thread: ['thread', 'thread_id', 'conversation', 'conversation_id'],
  expected: ['expected', 'expected_output', 'answer', 'reference', 'outputs', '__expected'],
  expectedTools: ['expected_tools'],
  expectedInterrupts: ['expected_interrupts'],
  resume: ['resume'],
} as const satisfies Record<Role, readonly string[]>;

/** promptfoo's, where a row has several; the lowest number stands for all. */
const numberedExpected = /^__expected(\d+)$/;

/** What an input looks like, by the name of its column; `any` for all but those named here. */
const inputShapes = ['inputs', 'messages', 'turns'] as const;
export type InputShape = (typeof inputShapes)[number] | 'any';

/** Which of a row's values is read as what. */
export interface Layout {
  readonly names: readonly string[];
  readonly roles: ColumnRoles;
  readonly inputShape: InputShape;
  /** Indexes into `names`; -1 for none. */
  readonly places: Readonly<Record<Role, number>>;
  /** Of the template's columns, in its order; -1 where there is none of that name. */
  readonly templatePlaces: readonly number[];
}

/** A name as it is compared: trimmed, without regard to case. */
export const matchName = (name: string): string => name.trim().toLowerCase();

/**
 * Finds the columns that threadmill reads among a row's names.
 * @throws RowProblem Where two columns bear the name of one that is read.
 */
export function layOut(names: readonly string[], options: ReadOptions, template: Template | null): Layout {
  const matched = names.map(matchName);
  const find = (name: string) => onlyPlace(matched, matchName(name), names);
  const place = (role: Role, named?: string | undefined) => {
    const known = named ?? recognisedName(role, names, options);
    return known === null ? -1 : find(known);
  };
  const places = {
    input: place('input', options.inputColumn),
    id: place('id', options.idColumn),
    thread: place('thread', options.threadColumn),
    expected: place('expected', options.expectedColumn),
    expectedTools: place('expectedTools'),
    expectedInterrupts: place('expectedInterrupts'),
    resume: place('resume'),
  };
  const nameAt = (role: Role) => names[places[role]] ?? null;
  const inputShape = inputShapes.find((shape) => shape === matched[places.input]) ?? 'any';
  if (template !== null && inputShape === 'turns') throw new RowProblem(templateOverTurns(nameAt('input')));
  return {
    names,
    inputShape,
    roles: {
      input: nameAt('input'),
      id: nameAt('id'),
      thread: nameAt('thread'),
      expected: nameAt('expected'),
      expectedTools: nameAt('expectedTools'),
      resume: nameAt('resume'),
      ...(places.expectedInterrupts !== -1 && { expectedInterrupts: nameAt('expectedInterrupts') }),
    },
    places,
    templatePlaces: template === null ? [] : template.columns.map(find),
  };
}

/** The first of a role's names that is among these; but no column that options give another part. */
export function recognisedName(role: Role, names: readonly string[], options: ReadOptions): string | null {
  const present = new Set(names.map(matchName));
  // An id may be read from any column, the prompt's too.
  for (const named of [options.inputColumn, options.threadColumn, options.expectedColumn]) {
    if (named !== undefined) present.delete(matchName(named));
  }
  const known = recognisedNames[role].find((name) => present.has(name));
  return known ?? (role === 'expected' ? firstNumbered(present) : null);
}

function firstNumbered(names: ReadonlySet<string>): string | null {
  const numberOf = (name: string) => Number(numberedExpected.exec(name)?.[1]);
  const numbered = [...names].filter((name) => numberedExpected.test(name));
  return numbered.sort((a, b) => numberOf(a) - numberOf(b))[0] ?? null;
}

function onlyPlace(matched: readonly string[], name: string, names: readonly string[]): number {
  const first = matched.indexOf(name);
  const second = first === -1 ? -1 : matched.indexOf(name, first + 1);
  if (second !== -1) {
    const both = `${JSON.stringify(names[first])} (column ${first + 1}) and ${JSON.stringify(names[second])} (column ${second + 1})`;
    throw new RowProblem(`expected one column of the name "${name}", saw ${both}: rename one of them`);
  }
  return first;
}

function templateOverTurns(column: string | null): string {
  return `--template: expected an input of one prompt, saw the conversations in "${column}": leave the template out, or name another column with --input-column`;
}
