/** A file of decisions, beside the records of those that wait: what is answered, or what is wrong with it. Pure. */

import { type Action, actionsOf, requestsOf } from '../asked.ts';
import type { Answered } from '../contracts.ts';
import type { Interrupt, JobRecord, Json } from '../types.ts';
import { answerOf, type Decision, decisionOf, goOnOf } from './decision.ts';
import type { DecisionRow } from './decision-rows.ts';

/** What was decided for one turn. */
export type TurnDecision =
  | { readonly answers: readonly Answered[] }
  /** Nothing is to be sent: a sentence that says why, which is no fault. */
  | { readonly told: string }
  | { readonly faults: readonly string[] };

/** @param decisions The mark of the file, which is kept with its answers: each is given once. */
export function decideTurn(record: JobRecord, rows: readonly DecisionRow[], decisions: string): TurnDecision {
  const [first] = rows;
  if (first === undefined) return { answers: [] };
  if (record.answers?.some((answer) => answer.decisions === decisions)) {
    return { told: `${first.who} was answered by this file before` };
  }
  if (record.failure?.code === 'ANSWERED_ELSEWHERE') {
    return { told: `${first.who} was answered by somebody else meanwhile` };
  }
  const { thread_id: thread } = record;
  if (record.outcome !== 'interrupted') return { faults: [`${first.at}: ${notWaiting(first, record)}`] };
  if (first.thread !== null && first.thread !== thread) {
    const where = `expected the thread that ${first.who} waits on, ${thread}`;
    return { faults: [`${first.at}: ${where}, saw ${first.thread}`] };
  }
  return decideInterrupts(record.interrupts, rows, decisions);
}

const notWaiting = ({ who }: DecisionRow, { outcome, failure }: JobRecord): string =>
  `${who} waits for nobody: it ended in ${outcome}${failure === null ? '' : ` (${failure.code})`}`;

const breakpoint: Interrupt = { id: null, value: null };

function decideInterrupts(
  interrupts: readonly Interrupt[],
  rows: readonly DecisionRow[],
  decisions: string,
): TurnDecision {
  const asked = interrupts.length === 0 ? [breakpoint] : interrupts;
  const faults: string[] = [];
  const answers: Answered[] = [];
  const left = new Set(rows);
  for (const interrupt of asked) {
    const own = rows.filter((row) => isOf(row, interrupt, asked.length));
    for (const row of own) left.delete(row);
    const actions = interrupts.length === 0 ? [] : actionsOf(interrupt.value);
    const decided = decideOne(interrupt, actions, own);
    if ('fault' in decided) faults.push(decided.fault);
    else if (decided.value !== undefined) {
      answers.push({
        interrupt_id: interrupt.id,
        asked: interrupt.value,
        answer: decided.value,
        by: 'person',
        decisions,
      });
    }
  }
  for (const { at, who, interrupt } of left) {
    faults.push(`${at}: ${who} asks nothing under the interrupt ${JSON.stringify(interrupt)} now`);
  }
  if (answers.length > 0 && answers.length < asked.length && asked.some(({ id }) => id === null)) {
    faults.push(`${rows[0]?.at}: expected a decision on all that it asks at once, for it gives no ids`);
  }
  return faults.length > 0 ? { faults } : { answers };
}

/** @param asked How many it asks: of one alone the column may be missing. */
const isOf = ({ interrupt }: DecisionRow, { id }: Interrupt, asked: number): boolean =>
  interrupt === null || interrupt === '' ? id === null || asked === 1 : isCell(interrupt, id ?? '');

/** What the lines of one interrupt come to; undefined where none of them decides. */
function decideOne(
  { id, value }: Interrupt,
  actions: readonly Action[],
  rows: readonly DecisionRow[],
): { readonly value: Json | undefined } | { readonly fault: string } {
  const decided = rows.filter(({ decision }) => decision !== '');
  const [first] = decided;
  if (first === undefined) return { value: undefined };
  const places = new Map<number, DecisionRow>();
  for (const row of decided) {
    const action = row.action ?? 1;
    const twice = places.get(action);
    if (twice !== undefined)
      return { fault: `${row.at}: ${row.who} is decided twice: ${twice.at} decides it already` };
    if (!(action >= 1 && action <= Math.max(1, actions.length))) {
      return {
        fault: `${row.at}: expected an action from 1 to ${Math.max(1, actions.length)}, saw ${row.action}`,
      };
    }
    const other = otherThan(row, actions[action - 1]);
    if (other !== null) return { fault: `${row.at}: ${other}` };
    places.set(action, row);
  }
  if (requestsOf(value).length === 0) {
    const decision = actions.length === 0 && id === null ? goOnOf(first.decision) : answerOf(first.decision);
    return 'fault' in decision ? { fault: `${first.at}: ${decision.fault}` } : decision;
  }
  return decideActions(actions, places, first);
}

/** One decision each, in order. */
function decideActions(
  actions: readonly Action[],
  places: ReadonlyMap<number, DecisionRow>,
  first: DecisionRow,
): { readonly value: Json } | { readonly fault: string } {
  const decisions: Json[] = [];
  for (const [at, action] of actions.entries()) {
    const row = places.get(at + 1);
    if (row === undefined) {
      const missing = `action ${at + 1} (${action.tool ?? 'without a tool'}) has no decision`;
      return { fault: `${first.at}: ${missing}: all actions of one interrupt are decided together` };
    }
    const decision: Decision = decisionOf(row.decision, action);
    if ('fault' in decision) return { fault: `${row.at}: ${decision.fault}` };
    decisions.push(decision.value);
  }
  return { value: { decisions } };
}

/** Is the line about another question than the one that waits now? Its cells say what it was made of. */
function otherThan({ tool, args, question }: DecisionRow, action: Action | undefined): string | null {
  if (action === undefined) return null;
  const cells = [
    ['tool', tool, action.tool ?? ''],
    ['args', args, action.args === null ? '' : JSON.stringify(action.args)],
    ['question', question, typeof action.question === 'string' ? action.question : jsonText(action.question)],
  ] as const;
  for (const [name, cell, now] of cells) {
    if (cell === null || cell.trim() === '' || isCell(cell, now)) continue;
    const advice = name === 'args' ? '; to change arguments, write edit {…} as its decision' : '';
    return `expected the ${name} that is asked for now, ${shown(now)}, saw ${shown(cell)}${advice}`;
  }
  return null;
}

const jsonText = (value: Json): string => (value === null ? '' : JSON.stringify(value));

/** Is it that cell, as it was written: with or without a guard against spreadsheets, whatever they do to line ends? */
const isCell = (cell: string, text: string): boolean => {
  const plain = flat(text);
  return flat(cell) === plain || flat(cell) === flat(`'${text}`);
};

const flat = (text: string) => text.replace(/\s+/g, ' ').trim();

const shown = (text: string) =>
  text.length > 80 ? `${JSON.stringify(text.slice(0, 80))}…` : JSON.stringify(text);
