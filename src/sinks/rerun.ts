/** `errors.csv`: the examples whose failures may be run again, as a dataset. Pure. */

import type { BadRow, Example, JobRecord, Json } from '../types.ts';
import { type DatasetColumns, datasetCells, isCells, jsonCell, matchedName } from './columns.ts';
import { createZeros } from './zeros.ts';

type InputKind = 'text' | 'object' | 'messages' | 'turns';

export interface RerunTable {
  readonly header: readonly string[];
  row(source: Example): string[];
}

/** Is told of every example with the records that count; knows then which stand in the file, and under which header. */
export class Rerun {
  private readonly dataset: DatasetColumns;
  /** By example: 1 where it does. */
  private readonly marks = createZeros(Uint8Array);
  private marked = 0;
  private readonly threads = new Set<string>();
  /** Of JSON datasets: there each row may have an input of another kind. */
  private readonly kinds = new Set<InputKind>();

  constructor(dataset: DatasetColumns) {
    this.dataset = dataset;
  }

  add(source: Example | BadRow, records: readonly JobRecord[]): void {
    if ('problem' in source) return;
    if (!isCells(source.cells)) this.kinds.add(kindOf(inputOf(source, this.dataset.input)));
    if (!records.some(mayRunAgain)) return;
    if (source.thread !== undefined) {
      this.threads.add(source.thread);
      return;
    }
    this.marks.set(source.index, 1);
    this.marked += 1;
  }

  get isEmpty(): boolean {
    return this.marked === 0 && this.threads.size === 0;
  }

  /** Does it stand in the file? A conversation in one row does only where every row is one: no column holds both. */
  has(source: Example | BadRow): source is Example {
    if ('problem' in source) return false;
    if (source.thread !== undefined) return this.threads.has(source.thread);
    return this.marks.get(source.index) === 1 && (source.turns === undefined || this.kinds.size < 2);
  }

  /**
   * The dataset's own columns, and the id. A CSV cell is text in all but some columns, which hold JSON: so what is
   * no text in a JSON dataset stands under the name of one of these.
   */
  table(): RerunTable {
    const { names, id, input } = this.dataset;
    const idAt = id === null ? names.length : names.indexOf(id);
    const inputAt = this.kinds.size === 0 || input === null ? -1 : names.indexOf(input);
    const column = inputColumn(this.kinds, input ?? '');
    return {
      header: replaced(replaced(names, inputAt, column.name), idAt, id ?? 'id'),
      row: (source) => {
        const cells = datasetCells(source, names);
        return replaced(replaced(cells, inputAt, column.cell(inputOf(source, input))), idAt, source.id);
      },
    };
  }
}

/** Its end is known; of a conversation none of the turns ran: the first failed, and the later ones were skipped. */
function mayRunAgain({ outcome, failure, turn }: JobRecord): boolean {
  if (outcome !== 'error' || failure === null || failure.uncertain) return false;
  return turn === null || (turn === 1 && !failure.may_have_run);
}

/** As the row has it: what a template made of it is made again. */
function inputOf({ cells, turns, input }: Example, name: string | null): Json {
  const own = isCells(cells) || name === null || !Object.hasOwn(cells, name) ? undefined : cells[name];
  return own ?? (turns === undefined ? input : [...turns]);
}

function kindOf(input: Json): InputKind {
  if (!Array.isArray(input)) return typeof input === 'string' ? 'text' : 'object';
  return typeof input[0] === 'string' ? 'turns' : 'messages';
}

interface InputColumn {
  readonly name: string;
  readonly cell: (input: Json) => string;
}

function inputColumn(kinds: ReadonlySet<InputKind>, own: string): InputColumn {
  const [kind] = kinds;
  if (kinds.size === 1 && kind === 'text' && matchedName(own) !== 'inputs')
    return { name: own, cell: jsonCell };
  if (kinds.size === 1 && (kind === 'messages' || kind === 'turns'))
    return { name: kind, cell: JSON.stringify };
  return {
    name: 'inputs',
    cell: (input) => JSON.stringify(Array.isArray(input) ? { messages: input } : input),
  };
}

/** With one of its items another; at the end one more; at -1 as it is. */
function replaced(items: readonly string[], at: number, item: string): string[] {
  return at === -1 ? [...items] : [...items.slice(0, at), item, ...items.slice(at + 1)];
}
