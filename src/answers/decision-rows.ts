/** The lines of a file of decisions, as `interrupted.csv` has them. Pure. */

/** A line of a CSV file. */
export interface CsvLine {
  readonly line: number;
  readonly cells: readonly string[];
}

/** A line, read. What stands in a column that the file does not have is null. */
export interface DecisionRow {
  /** `decisions.csv:3`. */
  readonly at: string;
  /** The example as a person would say it, `"t-17"` or `"t-17", turn 2`. */
  readonly who: string;
  readonly id: string;
  readonly trial: number;
  /** Null: it is no turn of a conversation. */
  readonly turn: number | null;
  readonly thread: string | null;
  readonly interrupt: string | null;
  readonly action: number | null;
  readonly tool: string | null;
  readonly args: string | null;
  readonly question: string | null;
  /** Empty: nothing is decided. */
  readonly decision: string;
}

const needed = ['id', 'decision'] as const;

/** @param name What to call the file. Gives the rows, and what is wrong with lines that are none. */
export function readDecisionRows(
  lines: readonly CsvLine[],
  name: string,
): { readonly rows: readonly DecisionRow[]; readonly faults: readonly string[] } {
  const [header, ...below] = lines;
  const columns = (header?.cells ?? []).map((cell) => cell.trim().toLowerCase());
  const missing = needed.filter((column) => !columns.includes(column));
  if (missing.length > 0) {
    const saw = columns.length === 0 ? 'an empty file' : columns.join(', ');
    return {
      rows: [],
      faults: [
        `${name}:1: expected the columns of interrupted.csv, ${missing.join(' and ')} among them, saw ${saw}`,
      ],
    };
  }
  const rows: DecisionRow[] = [];
  const faults: string[] = [];
  for (const { line, cells } of below) {
    const at = `${name}:${line}`;
    if (cells.length !== columns.length) {
      faults.push(`${at}: expected ${columns.length} cells as in the header, saw ${cells.length}`);
      continue;
    }
    const cellOf = (column: string): string | null => {
      const place = columns.indexOf(column);
      return place === -1 ? null : (cells[place] ?? '');
    };
    const row = rowOf(at, cellOf);
    if (typeof row === 'string') faults.push(`${at}: ${row}`);
    else rows.push(row);
  }
  return { rows, faults };
}

function rowOf(at: string, cellOf: (column: string) => string | null): DecisionRow | string {
  const id = cellOf('id') ?? '';
  if (id === '') return '"id": expected the id of an example, saw nothing';
  const trial = numberOf(cellOf('trial'));
  const turn = numberOf(cellOf('turn'));
  const action = numberOf(cellOf('action'));
  if (trial === undefined || turn === undefined || action === undefined) {
    const column = trial === undefined ? 'trial' : turn === undefined ? 'turn' : 'action';
    return `"${column}": expected a whole number from 1, saw ${JSON.stringify(cellOf(column))}`;
  }
  const ofTrial = trial === null || trial === 1 ? '' : `, trial ${trial}`;
  const ofTurn = turn === null ? '' : `, turn ${turn}`;
  return {
    at,
    who: `${JSON.stringify(id)}${ofTrial}${ofTurn}`,
    id,
    trial: trial ?? 1,
    turn,
    thread: cellOf('thread_id') || null,
    interrupt: cellOf('interrupt_id'),
    action,
    tool: cellOf('tool'),
    args: cellOf('args'),
    question: cellOf('question'),
    decision: (cellOf('decision') ?? '').trim(),
  };
}

/** Null where there is none; undefined where it is no whole number from 1. */
function numberOf(cell: string | null): number | null | undefined {
  const text = cell?.trim() ?? '';
  if (text === '') return null;
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}
