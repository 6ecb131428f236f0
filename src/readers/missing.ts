import type { ReadOptions } from '../contracts.ts';
import { nearest } from '../nearest.ts';
import { matchName, recognisedName, recognisedNames } from './columns.ts';
import type { Template } from './template.ts';

/** Which column that options name is not there; null where all are. */
export function missingNamed(names: readonly string[], options: ReadOptions): string | null {
  const named = [
    ['--input-column', options.inputColumn],
    ['--id-column', options.idColumn],
    ['--thread-column', options.threadColumn],
    ['--expected-column', options.expectedColumn],
  ] as const;
  const absent = named.find(([, column]) => column !== undefined && !has(names, column));
  return absent?.[1] === undefined ? null : notThere(absent[0], absent[1], names);
}

/** Why no prompt can be had of columns with these names; null where one can. */
export function missingInput(
  names: readonly string[],
  options: ReadOptions,
  template: Template | null,
): string | null {
  if (template !== null) {
    const absent = template.columns.find((column) => !has(names, column));
    return absent === undefined ? null : notThere('--template', absent, names);
  }
  if (options.inputColumn !== undefined) {
    return has(names, options.inputColumn) ? null : notThere('--input-column', options.inputColumn, names);
  }
  if (recognisedName('input', names, options) !== null) return null;
  const expected = `expected an input column (${recognisedNames.input.join(', ')})`;
  return `${expected}, saw ${list(names)}: ${likely(names) ?? 'name it with --input-column'}`;
}

const has = (names: readonly string[], name: string) =>
  names.some((other) => matchName(other) === matchName(name));

function notThere(option: string, column: string, names: readonly string[]): string {
  const meant = nearest(column, names);
  const advice = meant === null ? '' : `: did you mean ${JSON.stringify(meant)}?`;
  return `${option} names the column ${JSON.stringify(column)}, saw ${list(names)}${advice}`;
}

function likely(names: readonly string[]): string | null {
  for (const name of names) {
    const meant = nearest(name, recognisedNames.input);
    if (meant !== null)
      return `did you mean "${meant}" by ${JSON.stringify(name)}? Else name it with --input-column`;
  }
  return null;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 20).map((name) => JSON.stringify(name));
  const more = names.length - shown.length;
  return shown.length === 0 ? 'no columns' : shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
