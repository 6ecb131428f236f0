/** From examples to jobs: trials, conversations, and what the journal has already. */

import { scriptedIn } from './asked.ts';
import type { BadRow, Example, Intent, Job, JobRecord, Json, OutcomeName, Turn } from './types.ts';

/** What earlier starts of this batch left. */
export interface Recorded {
  /** How a turn ended, by its newest record; null where it has none. */
  outcomeOf(place: TurnPlace): OutcomeName | null;
  /** Of its newest record; 0 where it has none. */
  revisionOf(place: TurnPlace): number;
  /** A turn's newest record. */
  recordOf(place: TurnPlace): Promise<JobRecord>;
  /** What was noted last of a job whose thread is not closed. */
  intentOf(key: string, trial: number): Intent | null;
  /** Does a person want the turn asked once more, though it has a record? */
  isToRepeat(place: TurnPlace): boolean;
}

/** Of a batch that begins. */
export const nothingRecorded: Recorded = {
  outcomeOf: () => null,
  revisionOf: () => 0,
  recordOf: () => Promise.reject(new Error('Expected a turn that has a record')),
  intentOf: () => null,
  isToRepeat: () => false,
};

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
  /** Plan nothing but what a person wants asked once more. */
  readonly onlyRepeats: boolean;
}

/**
 * The jobs still to do, in dataset order; a conversation stands where its last row is. Rows of conversations that
 * are not whole yet are held, nothing else.
 */
export async function* planJobs(
  examples: AsyncIterable<Example | BadRow>,
  recorded: Recorded,
  options: PlanOptions,
): AsyncGenerator<Job> {
  const conversations = new Map<string, Example[]>();
  for await (const row of examples) {
    const planned = plannedOf(row, conversations, options.threadSize);
    if (planned !== null) for (const job of trialsOf(planned, recorded, options)) yield whole(job, recorded);
  }
  for (const [thread, rows] of conversations) {
    for (const job of trialsOf(ofManyRows(thread, rows), recorded, options)) yield whole(job, recorded);
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
  readonly turns: readonly Omit<Turn, 'recorded' | 'revision' | 'replaces'>[];
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

/** What a turn of a conversation in one row expects: of a list with one for each its own, else the last one what the row does. @param at From 0. */
export function expectedOf({ expected, turns = [] }: Example, at: number): Json {
  if (Array.isArray(expected) && expected.length === turns.length) return expected[at] ?? null;
  return at === turns.length - 1 ? expected : null;
}

/** Those of which something is left to do. A list and no generator, which would cost more than all the rest. */
function trialsOf(planned: Planned, recorded: Recorded, { repeat, onlyRepeats }: PlanOptions): Job[] {
  const { key, problem } = planned;
  // A row that cannot be read is told once.
  const trials = problem === null ? repeat : 1;
  const jobs: Job[] = [];
  for (let trial = 1; trial <= trials; trial += 1) {
    const intent = recorded.intentOf(key, trial);
    const turns = turnsOf(planned, trial, intent, recorded);
    const isDone = intent === null && turns.every((turn) => turn.recorded !== null);
    const isWanted =
      !onlyRepeats || turns.some(({ revision, recorded: ended }) => revision > 1 && ended === null);
    if (!isDone && isWanted) jobs.push({ key, trial, turns, intent, problem });
  }
  return jobs;
}

function turnsOf(planned: Planned, trial: number, intent: Intent | null, recorded: Recorded): Turn[] {
  let isBroken = false;
  return planned.turns.map(({ example, turn, input, expected }) => {
    const place = { index: example.index, trial, turn: turn ?? 1 };
    const ended = recorded.outcomeOf(place);
    const revision = ended === null ? 1 : recorded.revisionOf(place);
    // It was skipped because of an earlier turn that has succeeded since, or is to be asked once more itself.
    const isFree = ended === 'skipped' && planned.problem === null && !isBroken;
    const isInFlight = intent !== null && intent.turn === place.turn && intent.revision > revision;
    const isAgain = ended !== null && (isFree || isInFlight || recorded.isToRepeat(place));
    isBroken = ended !== null && ended !== 'success' && !isAgain;
    return isAgain
      ? { example, turn, input, expected, recorded: null, revision: revision + 1, replaces: null }
      : { example, turn, input, expected, recorded: ended, revision, replaces: null };
  });
}

/** With what only the records tell: those that are to be replaced, and where a conversation goes on. Most need none. */
function whole(job: Job, recorded: Recorded): Job | Promise<Job> {
  const isAsIs =
    !isScripted(job) &&
    job.turns.every((turn) => turn.revision === 1 && (turn.recorded === null || job.intent !== null));
  return isAsIs ? job : withRecords(job, recorded);
}

/** Does a conversation in one row go on whose turns share a script? How far that is only their records tell. */
const isScripted = ({ turns: [first] }: Job): boolean =>
  first?.example.resume !== undefined && first.example.turns !== undefined && first.recorded !== null;

async function withRecords(job: Job, recorded: Recorded): Promise<Job> {
  const recordOf = ({ example, turn }: Turn) =>
    recorded.recordOf({ index: example.index, trial: job.trial, turn: turn ?? 1 });
  const turns: Turn[] = [];
  for (const turn of job.turns) {
    const isAgain = turn.recorded === null && turn.revision > 1;
    const replaces = isAgain ? await recordOf(turn) : null;
    turns.push(replaces === null ? turn : { ...turn, revision: replaces.revision + 1, replaces });
  }
  let threadId: string | null = null;
  for (let at = turns.length - 1; at >= 0 && threadId === null; at -= 1) {
    const turn = turns[at];
    if (turn !== undefined && turn.recorded !== null) threadId = (await recordOf(turn)).thread_id;
  }
  let scripted = 0;
  for (const turn of isScripted(job) ? turns : []) {
    if (turn.recorded === null) break;
    scripted += scriptedIn((await recordOf(turn)).answers);
  }
  return { ...job, turns, threadId, scripted };
}
