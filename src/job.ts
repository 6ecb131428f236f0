/** From examples to jobs: trials, conversations, and what the journal has already. */

import type { BadRow, Example, Intent, Job, Json, OutcomeName, Turn } from './types.ts';

/** What earlier starts of this batch left. */
export interface Recorded {
  /** How a turn ended; null where it has no record. */
  outcomeOf(place: TurnPlace): OutcomeName | null;
  /** What was noted last of a job whose thread is not closed. */
  intentOf(key: string, trial: number): Intent | null;
}

/** Of a batch that begins. */
export const nothingRecorded: Recorded = { outcomeOf: () => null, intentOf: () => null };

export interface TurnPlace {
  readonly index: number;
  readonly trial: number;
  /** In its conversation; 1 outside of one. */
  readonly turn: number;
}

export interface PlanOptions {
  /** Trials per example. */
  readonly repeat: number;
  /** How many chosen examples a conversation by thread column has: its job waits for the last of them. */
  readonly threadSize: (thread: string) => number;
}

/**
 * The jobs still to do, in dataset order; a conversation stands where its last row is. Rows of conversations that
 * are not whole yet are held, nothing else.
 */
export async function* planJobs(
  examples: AsyncIterable<Example | BadRow>,
  recorded: Recorded,
  { repeat, threadSize }: PlanOptions,
): AsyncGenerator<Job> {
  const conversations = new Map<string, Example[]>();
  for await (const row of examples) {
    const turns = turnsOf(row, conversations, threadSize);
    if (turns === null) continue;
    // Told apart: a conversation may be called as another row's id is.
    const key = 'thread' in row && row.thread !== undefined ? `thread:${row.thread}` : `id:${row.id}`;
    const trials = 'problem' in row ? 1 : repeat;
    for (let trial = 1; trial <= trials; trial += 1) {
      const job = planJob(key, trial, turns, recorded, 'problem' in row ? row.problem : null);
      if (job !== null) yield job;
    }
  }
}

type PlannedTurn = Omit<Turn, 'recorded'>;

/** All turns of a row's job; null while rows of its conversation are still to come. */
function turnsOf(
  row: Example | BadRow,
  conversations: Map<string, Example[]>,
  threadSize: PlanOptions['threadSize'],
): PlannedTurn[] | null {
  if ('problem' in row) {
    const { id, index, cells } = row;
    const example = { id, index, cells, input: '', expected: null, metadata: {} };
    return [{ example, turn: null, input: '', expected: null }];
  }
  if (row.turns !== undefined) {
    return row.turns.map((input, at) => ({
      example: row,
      turn: at + 1,
      input,
      expected: expectedOf(row, at),
    }));
  }
  if (row.thread === undefined) {
    return [{ example: row, turn: null, input: row.input, expected: row.expected }];
  }
  const rows = conversations.get(row.thread) ?? [];
  rows.push(row);
  if (rows.length < threadSize(row.thread)) {
    conversations.set(row.thread, rows);
    return null;
  }
  conversations.delete(row.thread);
  return rows.map((example, at) => ({
    example,
    turn: at + 1,
    input: example.input,
    expected: example.expected,
  }));
}

/** A list with one expectation for each turn is by turn; anything else is the last turn's. */
function expectedOf({ expected, turns = [] }: Example, at: number): Json {
  if (Array.isArray(expected) && expected.length === turns.length) return expected[at] ?? null;
  return at === turns.length - 1 ? expected : null;
}

/** Null: nothing is left to do for it. */
function planJob(
  key: string,
  trial: number,
  planned: readonly PlannedTurn[],
  recorded: Recorded,
  problem: string | null,
): Job | null {
  const turns = planned.map((turn) => ({
    ...turn,
    recorded: recorded.outcomeOf({ index: turn.example.index, trial, turn: turn.turn ?? 1 }),
  }));
  const intent = recorded.intentOf(key, trial);
  const isDone = turns.every((turn) => turn.recorded !== null);
  return isDone && intent === null ? null : { key, trial, turns, intent, problem };
}
