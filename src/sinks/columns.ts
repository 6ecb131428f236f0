/** What `results.csv` has in each of its columns. Pure. */

import type { BadRow, Example, JobRecord, Json } from '../types.ts';
import { guarded } from './guard.ts';

/** Which cells are kept from being run by a spreadsheet. `agent`: those of the agent's making. */
export type Guard = 'agent' | 'all' | 'none';

export interface DatasetColumns {
  /** The dataset's own, in order. */
  readonly names: readonly string[];
  /** Those that are the id and the input, where there are. */
  readonly id: string | null;
  readonly input: string | null;
  /** Rows whose id we made: their cell under `id` is empty. */
  readonly madeIds: number;
}

type Cell = string | number | boolean | null;
interface Column {
  readonly name: string;
  readonly cell: (record: JobRecord) => Cell;
  /** Could the agent have written it? */
  readonly agents?: boolean;
}

const resultColumns: readonly Column[] = [
  { name: 'id', cell: (record) => record.id },
  { name: 'trial', cell: (record) => record.trial },
  { name: 'turn', cell: (record) => record.turn },
  { name: 'outcome', cell: (record) => record.outcome },
  { name: 'response', cell: (record) => record.response, agents: true },
  { name: 'error', cell: (record) => record.failure?.message ?? null, agents: true },
  { name: 'error_kind', cell: (record) => record.failure?.kind ?? null },
  { name: 'error_code', cell: (record) => record.failure?.code ?? null },
  { name: 'may_have_run', cell: (record) => record.failure?.may_have_run ?? null },
  { name: 'latency_ms', cell: (record) => record.latency_ms },
  { name: 'ttft_ms', cell: (record) => record.ttft_ms },
  { name: 'wait_ms', cell: (record) => record.wait_ms },
  { name: 'attempt_count', cell: (record) => record.attempts.length },
  { name: 'tools', cell: (record) => toolNames(record), agents: true },
  { name: 'thread_id', cell: (record) => record.thread_id, agents: true },
  { name: 'run_id', cell: (record) => record.run_id, agents: true },
  { name: 'started_at', cell: (record) => record.started_at },
  { name: 'input_tokens', cell: (record) => record.usage?.input_tokens ?? null },
  { name: 'output_tokens', cell: (record) => record.usage?.output_tokens ?? null },
  { name: 'total_tokens', cell: (record) => record.usage?.total_tokens ?? null },
];

/** The names of our own columns in `results.csv`, in order. */
export const resultColumnNames: readonly string[] = resultColumns.map(({ name }) => name);

export interface ResultTable {
  readonly header: readonly string[];
  row(source: Example | BadRow, record: JobRecord): string[];
}

/** `results.csv`: the dataset's own columns unchanged, then ours; its id is not told twice, where every row has one. */
export function resultTable(
  dataset: DatasetColumns & { readonly scorers: readonly string[] },
  guard: Guard,
): ResultTable {
  const ours = [...resultColumns, ...dataset.scorers.map(scoreColumn)].filter(
    ({ name }) => name !== 'id' || dataset.id === null || dataset.madeIds > 0,
  );
  const names = dataset.names.map((name) => (guard === 'all' ? guarded(name) : name));
  const guardedOurs = ours.map(({ cell, agents }) => ({
    cell,
    isGuarded: guard === 'all' || (guard === 'agent' && agents === true),
  }));
  return {
    header: [...names, ...freeNames(ours, dataset.names)],
    row: (source, record) => {
      const cells = datasetCells(source, dataset.names);
      if (guard === 'all') for (const [at, cell] of cells.entries()) cells[at] = guarded(cell);
      for (const { cell, isGuarded } of guardedOurs) {
        const text = cellText(cell(record));
        cells.push(isGuarded && text !== '' ? guarded(text) : text);
      }
      return cells;
    },
  };
}

const scoreColumn = (scorer: string): Column => ({
  name: `score_${scorer}`,
  cell: ({ scores }) => scores[scorer]?.value ?? null,
});

const toolNames = ({ tool_calls: calls }: JobRecord): string =>
  calls.length === 0 ? '' : calls.map(({ name }) => name).join(', ');

/** Prefixed where the dataset has them already: as often as it takes, for it may be a `results.csv` itself. */
function freeNames(ours: readonly Column[], names: readonly string[]): string[] {
  const taken = new Set(names.map(matchedName));
  return ours.map(({ name }) => {
    let free = name;
    while (taken.has(free)) free = `threadmill_${free}`;
    return free;
  });
}

/** As the readers compare names. */
export const matchedName = (name: string): string => name.trim().toLowerCase();

/** A row's own cells under a dataset's columns, in an array of the caller's own; what is no text in a JSON dataset is JSON. */
export function datasetCells({ cells }: Pick<Example, 'cells'>, names: readonly string[]): string[] {
  if (isCells(cells)) {
    if (cells.length === names.length) return cells.slice();
    return names.map((_, at) => cells[at] ?? '');
  }
  return names.map((name) => (Object.hasOwn(cells, name) ? jsonCell(cells[name]) : ''));
}

export const isCells = (cells: Example['cells']): cells is readonly string[] => Array.isArray(cells);

export const jsonCell = (value: Json | undefined): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);

export const cellText = (cell: Cell): string =>
  typeof cell === 'string' ? cell : cell === null ? '' : String(cell);
