/** What a batch will do, told before the first request. Pure. */

import type { Config } from '../options.ts';
import type { ColumnRoles, Delivery } from '../types.ts';
import { shownAgain } from './again.ts';
import type { Dataset } from './dataset.ts';
import type { Left } from './left.ts';
import type { Order } from './order.ts';
import type { BatchPromise } from './promise.ts';
import type { ScorerChoice } from './scorers.ts';
import type { Reached } from './target.ts';

export interface Plan extends BatchPromise {
  readonly examples: number;
  readonly badRows: number;
  readonly conversations: number;
  /** Turns in all: of all trials, and bad rows. */
  readonly turns: number;
  /** Turns that have a record already. */
  readonly recorded: number;
  /** Of `retry`: how many turns are asked once more, and which. */
  readonly again: { readonly turns: number; readonly only: string } | null;
  readonly trials: number;
  readonly agent: string;
  readonly url: string;
  readonly threads: Config['threads'];
  readonly isLocal: boolean;
  readonly concurrency: Config['concurrency'];
  /** Of `auto`. */
  readonly maxConcurrency: number | null;
  readonly roles: ColumnRoles;
  readonly scorers: ScorerChoice;
  /** Who judges, where somebody is named. */
  readonly judge: string | null;
}

/** Turns that are to have a record. */
export const plannedTurns = ({ chosen }: Dataset, repeat: number): number =>
  chosen.turns * repeat + chosen.badRows;

/** Has every chosen turn its record? */
export function isDone(dataset: Dataset, { repeat }: Config, { summary }: Left): boolean {
  return summary.counts(plannedTurns(dataset, repeat)).not_yet === 0;
}

export function planOf(
  order: Order,
  dataset: Dataset,
  promise: BatchPromise,
  left: Pick<Left, 'summary' | 'repeats'>,
  reached: Reached | null,
): Plan {
  const { config, target } = order;
  const { chosen, facts } = dataset;
  const turns = plannedTurns(dataset, config.repeat);
  return {
    ...promise,
    examples: chosen.examples,
    badRows: chosen.badRows,
    conversations: facts.conversations,
    turns,
    recorded: turns - left.summary.counts(turns).not_yet,
    again: order.again && { turns: left.repeats, only: shownAgain(order.again) },
    trials: config.repeat,
    agent: reached?.facts.name ?? target.agent,
    url: reached?.url ?? target.url,
    threads: config.threads,
    isLocal: target.isLocal,
    concurrency: config.concurrency,
    maxConcurrency: config.concurrency === 'auto' ? config.maxConcurrency : null,
    roles: facts.roles,
    scorers: dataset.scoring.choice,
    judge: dataset.scoring.judge?.told ?? null,
  };
}

const promises: Record<Delivery, string> = {
  'exactly-once': 'each turn is accepted once',
  'at-most-once': 'what may have run is never sent again',
  'at-least-once': 'what was in flight may run again',
};

const threadWords: Record<Config['threads'], string> = {
  auto: 'threads of single-turn successes deleted, others kept',
  keep: 'all threads kept',
  delete: 'threads deleted',
};

/** One line, in parts where a narrow terminal may break it. */
export function planLine(plan: Plan): string {
  const until = plan.isLocal && plan.delivery === 'exactly-once' ? ' while the local server lives' : '';
  const parts = [
    plan.again === null ? sizeOf(plan) : againOf(plan.again, plan),
    plan.again === null && plan.recorded > 0 && `${plan.recorded.toLocaleString('en')} recorded already`,
    `agent ${plan.agent} at ${plan.url}`,
    `${plan.mode}, ${plan.delivery}${until} (${promises[plan.delivery]})`,
    plan.mode === 'threaded' && threadWords[plan.threads],
    `${plan.concurrency} at once${plan.maxConcurrency === null ? '' : ` (up to ${plan.maxConcurrency})`}`,
    columnsOf(plan.roles),
    scorersOf(plan.scorers),
    plan.judge !== null && `judged by ${plan.judge}`,
  ];
  return `Plan: ${parts.filter((part) => typeof part === 'string').join(' · ')}`;
}

const againOf = ({ turns, only }: NonNullable<Plan['again']>, plan: Plan): string =>
  `${count(turns, 'turn')} of ${plan.turns.toLocaleString('en')} once more (${only})`;

function sizeOf({ examples, conversations, turns, badRows, trials }: Plan): string {
  const parts = [
    count(examples, 'example'),
    conversations > 0 && `in ${count(conversations, 'conversation')}`,
    trials > 1 && `× ${trials} trials`,
    turns - badRows !== examples && `= ${count(turns - badRows, 'turn')}`,
    badRows > 0 && `and ${count(badRows, 'bad row')} skipped`,
  ];
  return parts.filter((part) => typeof part === 'string').join(' ');
}

const count = (number: number, noun: string) =>
  `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;

function columnsOf(roles: ColumnRoles): string {
  const { input, id, thread, expected, expectedTools, expectedInterrupts, resume } = roles;
  const more = { expected_tools: expectedTools, expected_interrupts: expectedInterrupts ?? null, resume };
  const columns = { input, id, thread, expected, ...more };
  const read = Object.entries(columns).filter(([, column]) => column !== null);
  return `columns ${read.map(([role, column]) => (role === column ? column : `${role}=${column}`)).join(', ')}`;
}

function scorersOf({ used, because }: ScorerChoice): string | false {
  if (used.length === 0) return false;
  return `scored by ${used.join(', ')}${because === null ? '' : ` (${because})`}`;
}
