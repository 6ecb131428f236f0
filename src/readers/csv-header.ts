import type { ReadOptions } from '../contracts.ts';
import { DatasetError } from '../errors.ts';
import type { JsonObject } from '../types.ts';
import { type Layout, layOut } from './columns.ts';
import { contentOf } from './content.ts';
import { missingInput, missingNamed } from './missing.ts';
import type { CsvRow } from './regular-rows.ts';
import { type Content, nulProblem, RowProblem, setField } from './rows.ts';
import type { Template } from './template.ts';

/** A CSV's header: what each cell below it is read as. */
export class CsvHeader {
  readonly layout: Layout;
  readonly #template: Template | null;
  /** The cells that are metadata, by what they are called there. */
  readonly #metadataPlaces: readonly (readonly [name: string, place: number])[];

  /** @throws DatasetError Where a column that is needed is not there, or there twice. */
  constructor(row: CsvRow, options: ReadOptions, template: Template | null) {
    const at = `${options.name}:${row.line}`;
    const missing = row.holdsNul
      ? nulProblem
      : (missingNamed(row.cells, options) ?? missingInput(row.cells, options, template));
    if (missing !== null) throw new DatasetError(at, missing);
    try {
      this.layout = layOut(row.cells, options, template);
    } catch (error) {
      throw error instanceof RowProblem ? new DatasetError(at, error.message) : error;
    }
    this.#template = template;
    const placesRead = new Set(Object.values(this.layout.places));
    this.#metadataPlaces = distinctNames(row.cells)
      .map((name, place) => [name, place] as const)
      .filter(([, place]) => !placesRead.has(place));
  }

  /** @throws RowProblem */
  contentOf({ cells, holdsNul }: CsvRow): Content {
    if (holdsNul) throw new RowProblem(nulProblem);
    if (cells.length !== this.layout.names.length) throw this.#ragged(cells.length);
    const metadata: JsonObject = {};
    for (const [name, place] of this.#metadataPlaces) setField(metadata, name, cells[place] ?? '');
    return contentOf({ layout: this.layout, values: cells, valuesAreCells: true, metadata }, this.#template);
  }

  #ragged(saw: number): RowProblem {
    const advice = 'a cell that holds a delimiter, a quote or a line break must stand in quotes';
    return new RowProblem(
      `expected ${this.layout.names.length} cells as in the header, saw ${saw}: ${advice}`,
    );
  }
}

/** A name for each column that no other has: trimmed; numbered from its second use; `column_3` where it is empty. */
function distinctNames(columns: readonly string[]): string[] {
  const taken = new Set<string>();
  return columns.map((column, place) => {
    const base = column.trim() || `column_${place + 1}`;
    let name = base;
    for (let number = 2; taken.has(name); number++) name = `${base}_${number}`;
    taken.add(name);
    return name;
  });
}
