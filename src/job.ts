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
  /** How many chosen examples a conversation by thread column has: its job waits for the last of them, or the end. */
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
    const planned = plannedOf(row, conversations, threadSize);
    if (planned !== null) for (const job of trialsOf(planned, recorded, repeat)) yield job;
  }
  for (const [thread, rows] of conversations) {
    for (const job of trialsOf(ofManyRows(thread, rows), recorded, repeat)) yield job;
  }
}

/** What a row completes; null while rows of its conversation are still to come. */
function plannedOf(
  row: Example | BadRow,
  conversations: Map<string, Example[]>,
  threadSize: PlanOptions['threadSize'],
): Planned | null {
  if ('problem' in row) return unreadable(row);
  if (row.thread === undefined) return ofOneRow(row);
  const rows = conversations.get(row.thread) ?? [];
  rows.push(row);
  conversations.set(row.thread, rows);
  if (rows.length < threadSize(row.thread)) return null;
  conversations.delete(row.thread);
  return ofManyRows(row.thread, rows);
}

/** A job before its trials. */
interface Planned {
  readonly key: string;
  readonly turns: readonly Omit<Turn, 'recorded'>[];
  readonly problem: string | null;
}

function unreadable({ id, index, cells, problem }: BadRow): Planned {
  const example = { id, index, cells, input: '', expected: null, metadata: {} };
  return { key: exampleKey(id), turns: [{ example, turn: null, input: '', expected: null }], problem };
}

function ofOneRow(example: Example): Planned {
  const { id, input, expected, turns } = example;
  return {
    key: exampleKey(id),
    turns: turns?.map((said, at) => ({
      example,
      turn: at + 1,
      input: said,
      expected: expectedOf(example, at),
    })) ?? [{ example, turn: null, input, expected }],
    problem: null,
  };
}

function ofManyRows(thread: string, rows: readonly Example[]): Planned {
  const turns = rows.map((example, at) => ({
    example,
    turn: at + 1,
    input: example.input,
    expected: example.expected,
  }));
  return { key: `thread:${thread}`, turns, problem: null };
}

/** Told apart from conversations: one may be called as another row's id is. */
const exampleKey = (id: string) => `id:${id}`;

/** A list with one expectation for each turn is by turn; anything else is the last turn's. */
function expectedOf({ expected, turns = [] }: Example, at: number): Json {
  if (Array.isArray(expected) && expected.length === turns.length) return expected[at] ?? null;
  return at === turns.length - 1 ? expected : null;
}

/** Those of which something is left to do. A list and no generator, which would cost more than all the rest. */
function trialsOf(planned: Planned, recorded: Recorded, repeat: number): Job[] {
  const { key, problem } = planned;
  // A row that cannot be read is told once.
  const trials = problem === null ? repeat : 1;
  const jobs: Job[] = [];
  for (let trial = 1; trial <= trials; trial += 1) {
    const intent = recorded.intentOf(key, trial);
    const turns = planned.turns.map(({ example, turn, input, expected }) => ({
      example,
      turn,
      input,
      expected,
      recorded: recorded.outcomeOf({ index: example.index, trial, turn: turn ?? 1 }),
    }));
    const isDone = intent === null && turns.every((turn) => turn.recorded !== null);
    if (!isDone) jobs.push({ key, trial, turns, intent, problem });
  }
  return jobs;
}
