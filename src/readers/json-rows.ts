import type { ReadOptions } from '../contracts.ts';
import { DatasetError } from '../errors.ts';
import { isObject } from '../json.ts';
import { isNestedTooDeep } from '../nesting.ts';
import type { ColumnRoles, Json, JsonObject } from '../types.ts';
import { type Layout, layOut } from './columns.ts';
import { contentOf } from './content.ts';
import { refuseInexact } from './exact.ts';
import { jsonFault } from './json-fault.ts';
import { missingInput, missingNamed } from './missing.ts';
import { Place } from './place.ts';
import { type Content, nestedTooDeep, noRoles, nulProblem, type Row, RowProblem, setField } from './rows.ts';
import { sort } from './shapes.ts';
import { parseTemplate, type Template } from './template.ts';

/** Where a row's text begins. */
interface Start {
  readonly line: number;
  readonly column: number;
  /** As in `Row`. */
  readonly which: string | null;
}

/** How the rows that have the same fields are read. */
interface Reading {
  readonly layout: Layout;
  /** The fields that are no metadata. */
  readonly readNames: ReadonlySet<string | null>;
}

/** Where every row has fields of its own, memory must not grow with their number. */
const mostReadings = 1_000;

/** Makes rows of the texts of objects, each of which may have fields of its own. A field that is null is none. */
export class JsonRows {
  /** In order of first appearance. */
  readonly columns: string[] = [];
  roles: ColumnRoles = noRoles;
  readonly #options: ReadOptions;
  readonly #template: Template | null;
  readonly #advice: string;
  readonly #known = new Set<string>();
  /** By the fields of rows, of which most datasets have few different sets. */
  readonly #readings = new Map<string, Reading>();
  #latest: Reading | null = null;

  /** @param advice What to do where a row is no object, or only part of one. */
  constructor(options: ReadOptions, advice: string) {
    this.#options = options;
    this.#template = options.template === undefined ? null : parseTemplate(options.template);
    this.#advice = advice;
  }

  rowOf(text: string, start: Start): Row {
    const { line, which } = start;
    let value: Json;
    try {
      value = JSON.parse(text);
    } catch {
      return { line, which, cells: {}, content: () => this.#notJson(text, start) };
    }
    if (isNestedTooDeep(text)) {
      return { line, which, cells: {}, content: nestedTooDeep };
    }
    if (!isObject(value)) {
      return { line, which, cells: {}, content: () => this.#notAnObject(value) };
    }
    for (const name in value) this.#meet(name);
    return {
      line,
      which,
      cells: value,
      content: () => {
        if (holdsNumbers(value)) refuseInexact(text);
        return this.#contentOf(value);
      },
    };
  }

  /** To be called behind the last row. @throws DatasetError Where a column that is needed was in none. */
  checkColumns(): void {
    const { columns } = this;
    if (columns.length === 0) return;
    const missing =
      missingNamed(columns, this.#options) ?? missingInput(columns, this.#options, this.#template);
    if (missing !== null) throw new DatasetError(this.#options.name, missing);
  }

  #meet(name: string): void {
    if (this.#known.has(name)) return;
    this.#known.add(name);
    this.columns.push(name);
  }

  #contentOf(fields: JsonObject): Content {
    const names: string[] = [];
    for (const name in fields) if (fields[name] !== null) names.push(name);
    const { layout, readNames } = this.#readingOf(names, fields);
    const metadata: JsonObject = {};
    for (const name in fields) if (!readNames.has(name)) setField(metadata, name, fields[name] ?? null);
    const values = names.map((name) => fields[name] ?? null);
    return contentOf({ layout, values, valuesAreCells: false, metadata }, this.#template);
  }

  #readingOf(names: readonly string[], fields: JsonObject): Reading {
    if (this.#latest !== null && isSame(names, this.#latest.layout.names)) return this.#latest;
    const key = JSON.stringify(names);
    this.#latest = this.#readings.get(key) ?? this.#newReading(key, names, fields);
    return this.#latest;
  }

  #newReading(key: string, names: readonly string[], fields: JsonObject): Reading {
    const missing = missingInput(names, this.#options, this.#template);
    if (missing !== null) throw new RowProblem(missing + nullsAmong(fields));
    const layout = layOut(names, this.#options, this.#template);
    const reading = { layout, readNames: new Set(Object.values(layout.roles)) };
    if (this.#readings.size >= mostReadings) this.#readings.clear();
    this.#readings.set(key, reading);
    this.roles = firstOf(this.roles, layout.roles);
    return reading;
  }

  #notAnObject(value: Json): never {
    throw new RowProblem(`expected an object, saw ${sort(value)}${this.#advice}`);
  }

  #notJson(text: string, start: Start): never {
    if (text.includes('\0')) throw new RowProblem(nulProblem);
    const fault = jsonFault(text) ?? { at: 0, problem: 'expected JSON, saw what cannot be read as such' };
    const place = new Place(start.line, start.column);
    place.pass(text.slice(0, fault.at));
    const at =
      place.line === start.line ? `column ${place.column}` : `line ${place.line}, column ${place.column}`;
    const advice = fault.at === text.length ? this.#advice : '';
    throw new RowProblem(`${at}: ${fault.problem}${advice}`);
  }
}

function isSame(names: readonly string[], others: readonly string[]): boolean {
  return names.length === others.length && names.every((name, at) => name === others[at]);
}

/** Where all is text, there are no digits that could be read as another number. */
function holdsNumbers(fields: JsonObject): boolean {
  for (const name in fields) {
    const type = typeof fields[name];
    if (type === 'number' || type === 'object') return true;
  }
  return false;
}

/** What each role was read from where it first was. */
function firstOf(before: ColumnRoles, now: ColumnRoles): ColumnRoles {
  const interrupts = before.expectedInterrupts ?? now.expectedInterrupts;
  return {
    input: before.input ?? now.input,
    id: before.id ?? now.id,
    thread: before.thread ?? now.thread,
    expected: before.expected ?? now.expected,
    expectedTools: before.expectedTools ?? now.expectedTools,
    resume: before.resume ?? now.resume,
    ...(interrupts != null && { expectedInterrupts: interrupts }),
  };
}

function nullsAmong(fields: JsonObject): string {
  const nulls = Object.keys(fields).filter((name) => fields[name] === null);
  return nulls.length === 0 ? '' : `; null counts as none: ${nulls.join(', ')}`;
}
