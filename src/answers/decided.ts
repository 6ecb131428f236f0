/** A person's decisions on turns that wait, held against the records that count. */

import type { Answered } from '../contracts.ts';
import type { JobRecord } from '../types.ts';
import type { DecisionRow } from './decision-rows.ts';
import { decideTurn } from './decisions.ts';

/** What a person decided, by record. */
export interface Decided {
  /** Where it was decided, for a person: `as decided in decisions.csv`. */
  readonly told: string;
  /** Null: of this record nothing is decided. */
  answersTo(record: JobRecord): readonly Answered[] | null;
}

export interface DecisionsFile {
  /** What to call it. */
  readonly name: string;
  /** Stands for its content. */
  readonly mark: string;
  readonly rows: readonly DecisionRow[];
}

/** Is shown each record that counts; knows then what is to be answered. */
export class DecisionCheck {
  private readonly file: DecisionsFile;
  private readonly rowsByTurn: Map<string, DecisionRow[]>;
  private readonly answers = new Map<string, readonly Answered[]>();
  /** What is not answered and is no fault, a sentence each. */
  readonly notes: string[] = [];
  private readonly faults: string[] = [];

  constructor(file: DecisionsFile) {
    this.file = file;
    this.rowsByTurn = byTurn(file.rows);
  }

  see(record: JobRecord): void {
    const key = turnKey(record);
    const rows = this.rowsByTurn.get(key);
    if (rows === undefined) return;
    this.rowsByTurn.delete(key);
    if (rows.every(({ decision }) => decision === '')) return;
    const decision = decideTurn(record, rows, this.file.mark);
    if ('faults' in decision) this.faults.push(...decision.faults);
    else if ('told' in decision) this.notes.push(decision.told);
    else if (decision.answers.length > 0) this.answers.set(recordKey(record), decision.answers);
  }

  /** What is decided; or everything that is wrong. */
  end(): Decided | { readonly faults: readonly string[] } {
    for (const [row] of this.rowsByTurn.values()) {
      if (row !== undefined) this.faults.push(`${row.at}: expected a turn of this batch, saw ${row.who}`);
    }
    if (this.faults.length > 0) return { faults: this.faults };
    if (this.answers.size === 0 && this.notes.length === 0) {
      return { faults: [`${this.file.name}: expected a decision in at least one line, saw none`] };
    }
    return {
      told: `as decided in ${this.file.name}`,
      answersTo: (record) =>
        record.outcome === 'interrupted' ? (this.answers.get(recordKey(record)) ?? null) : null,
    };
  }
}

function byTurn(rows: readonly DecisionRow[]): Map<string, DecisionRow[]> {
  const groups = new Map<string, DecisionRow[]>();
  for (const row of rows) {
    const group = groups.get(turnKey(row));
    if (group === undefined) groups.set(turnKey(row), [row]);
    else group.push(row);
  }
  return groups;
}

type Place = Pick<JobRecord, 'id' | 'trial' | 'turn'>;

const turnKey = ({ id, trial, turn }: Place) => `${trial} ${turn ?? ''} ${id}`;
/** A later revision may ask the same once more: that was not decided. */
const recordKey = (record: JobRecord) => `${record.revision} ${turnKey(record)}`;
