/** Which columns the CSV files have, and what a record says under each. Pure. */

import type { BadRow, Example, JobRecord, Json, JsonObject } from '../types.ts';
import { guarded } from './guard.ts';

/** `agent`: cells of the agent's making. `all`: the dataset's too. */
export type Guard = 'agent' | 'all' | 'none';

export interface DatasetColumns {
  /** The dataset's own, in order. */
  readonly names: readonly string[];
  /** The one that is the id, if there is one. */
  readonly id: string | null;
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
  { name: 'tools', cell: (record) => record.tool_calls.map((call) => call.name).join(', '), agents: true },
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

/** `results.csv`: the dataset's own columns unchanged, then ours; its id is not told twice. */
export function resultTable(dataset: DatasetColumns, guard: Guard): ResultTable {
  const taken = new Set(dataset.names.map(normal));
  const ours = resultColumns.filter(({ name }) => name !== 'id' || dataset.id === null);
  return {
    header: [...dataset.names, ...ours.map(({ name }) => (taken.has(name) ? `threadmill_${name}` : name))],
    row: (source, record) => [
      ...datasetCells(source, dataset.names).map((cell) => (guard === 'all' ? guarded(cell) : cell)),
      ...ours.map(({ cell, agents }) => {
        const text = textOf(cell(record));
        return guard === 'all' || (guard === 'agent' && agents === true) ? guarded(text) : text;
      }),
    ],
  };
}

/** A row's own cells under a dataset's columns; what is no text in a JSON dataset is JSON. */
export function datasetCells({ cells }: Pick<Example, 'cells'>, names: readonly string[]): string[] {
  if (isCells(cells)) return names.map((_, at) => cells[at] ?? '');
  return names.map((name) => (Object.hasOwn(cells, name) ? jsonCell(cells[name]) : ''));
}

const isCells = (cells: Example['cells']): cells is readonly string[] => Array.isArray(cells);

const jsonCell = (value: Json | undefined): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);

const textOf = (cell: Cell): string => (cell === null ? '' : String(cell));
const normal = (name: string) => name.trim().toLowerCase();

/**
 * `errors.csv`: a dataset that can be run again. An input that is an object stands under `inputs`, a list of
 * messages under `messages`, because a CSV cell of any other name is text.
 */
export function rerunTable(
  dataset: DatasetColumns,
  inputColumn: string | null,
  inputName: 'inputs' | 'messages' | null,
) {
  const needsId = dataset.id === null;
  const names = dataset.names.map((name) => (inputName !== null && name === inputColumn ? inputName : name));
  return {
    header: needsId ? [...names, 'id'] : names,
    row: (source: Example | BadRow): string[] => {
      const cells = datasetCells(source, dataset.names);
      return needsId ? [...cells, source.id] : cells;
    },
  };
}

export const uncertainHeader = ['id', 'trial', 'turn', 'thread_id', 'run_id', 'error_code', 'error'] as const;

export function uncertainRow(
  { id, trial, turn, thread_id, run_id, failure }: JobRecord,
  guard: Guard,
): string[] {
  const cells = [id, trial, turn, thread_id, run_id, failure?.code ?? null, failure?.message ?? null].map(
    textOf,
  );
  return guard === 'none' ? cells : cells.map(guarded);
}

export const interruptedHeader = [
  'id',
  'trial',
  'turn',
  'thread_id',
  'interrupt_id',
  'action',
  'tool',
  'args',
  'question',
  'decision',
] as const;

/** A line for each action asked for; those of one interrupt are decided together. The decision is for a person to fill in. */
export function interruptedRows(record: JobRecord, guard: Guard): string[][] {
  const asked = record.interrupts.length > 0 ? record.interrupts : [{ id: null, value: null }];
  return asked.flatMap(({ id, value }) =>
    actionsOf(value).map(({ tool, args, question }, at) => {
      const cells = [
        record.id,
        record.trial,
        record.turn,
        record.thread_id,
        id,
        at + 1,
        tool,
        args,
        question,
        '',
      ].map(textOf);
      return guard === 'none' ? cells : cells.map(guarded);
    }),
  );
}

/** The actions of LangChain's human-in-the-loop interrupts; any other interrupt asks one thing. */
function actionsOf(value: Json): { tool: string | null; args: string | null; question: string }[] {
  const requests = isJsonObject(value) ? value['action_requests'] : undefined;
  if (!Array.isArray(requests) || requests.length === 0) {
    const question = isJsonObject(value) ? value['question'] : value;
    return [{ tool: null, args: null, question: typeof question === 'string' ? question : jsonCell(value) }];
  }
  return requests.filter(isJsonObject).map((request) => ({
    tool: jsonCell(request['name'] ?? request['action']),
    args: JSON.stringify(request['args'] ?? request['arguments'] ?? {}),
    question: jsonCell(request['description']),
  }));
}

const isJsonObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
