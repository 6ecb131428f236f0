/** What `uncertain.csv` and `interrupted.csv` show: what waits for a person. Pure. */

import { actionsOf } from '../asked.ts';
import type { JobRecord } from '../types.ts';
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
      row(
        id,
        [
          trial,
          turn,
          thread_id,
          interrupt.id,
          at + 1,
          tool,
          args === null ? null : JSON.stringify(args),
          jsonCell(question),
          '',
        ],
        guard,
      ),
    ),
  );
}
