/** What `uncertain.csv` and `interrupted.csv` show: what waits for a person. Pure. */

import type { JobRecord, Json, JsonObject } from '../types.ts';
import { cellText, type Guard, jsonCell } from './columns.ts';
import { guarded } from './guard.ts';

type Cell = string | number | null;

/** Beside the id, all cells may be of the agent's making; numbers and ids of ours are no formulas. */
function row(id: string, cells: readonly Cell[], guard: Guard): string[] {
  const texts = cells.map(cellText);
  return [guard === 'all' ? guarded(id) : id, ...(guard === 'none' ? texts : texts.map(guarded))];
}

export const uncertainHeader = ['id', 'trial', 'turn', 'thread_id', 'run_id', 'error_code', 'error'] as const;

export function uncertainRow(record: JobRecord, guard: Guard): string[] {
  const { id, trial, turn, thread_id, run_id, failure } = record;
  return row(id, [trial, turn, thread_id, run_id, failure?.code ?? null, failure?.message ?? null], guard);
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
  const { id, trial, turn, thread_id } = record;
  // A breakpoint asks nothing, and waits all the same.
  const interrupts = record.interrupts.length > 0 ? record.interrupts : [{ id: null, value: null }];
  return interrupts.flatMap((interrupt) =>
    actionsOf(interrupt.value).map(({ tool, args, question }, at) =>
      row(id, [trial, turn, thread_id, interrupt.id, at + 1, tool, args, question, ''], guard),
    ),
  );
}

interface Action {
  readonly tool: string | null;
  readonly args: string | null;
  readonly question: string;
}

/** The actions of LangChain's human-in-the-loop interrupts; any other interrupt asks one thing, with what it is about. */
function actionsOf(value: Json): Action[] {
  if (!isJsonObject(value)) return [{ tool: null, args: null, question: jsonCell(value) }];
  const requests = value['action_requests'];
  if (Array.isArray(requests) && requests.length > 0) return requests.map(actionOf);
  const { question, ...rest } = value;
  if (typeof question !== 'string') return [{ tool: null, args: null, question: jsonCell(value) }];
  return [{ tool: null, args: Object.keys(rest).length === 0 ? null : JSON.stringify(rest), question }];
}

function actionOf(request: Json): Action {
  if (!isJsonObject(request)) return { tool: null, args: null, question: jsonCell(request) };
  return {
    tool: jsonCell(request['name'] ?? request['action']),
    args: JSON.stringify(request['args'] ?? request['arguments'] ?? {}),
    question: jsonCell(request['description']),
  };
}

const isJsonObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
