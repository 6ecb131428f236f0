/** What is told of firings. Pure. */

import type { Notice, NoticeName } from '../notice.ts';
import { type Missed, mostListed } from './due.ts';
import type { BatchSummary } from './ending.ts';
import { type BatchEnd, type FiringBatch, firingName, type Health, iso } from './state.ts';

export interface Told {
  readonly schedule: string;
  readonly due: string;
  /** When it came about, ms. */
  readonly at: number;
}

const blank = {
  batch: null,
  verdict: null,
  exit_code: null,
  counts: null,
  scores: [],
  drift: null,
} as const;

function notice(
  event: NoticeName,
  { schedule, due, at }: Told,
  about: { readonly sentence: string; readonly key?: string } & Partial<Notice>,
): Notice {
  const { key = '', ...rest } = about;
  const id = `${schedule}/${firingName(due)}${key}#${event}`;
  return { ...blank, id, event, at: iso(at), schedule, firing: due, ...rest };
}

const batchOf = (batch: FiringBatch, summary: BatchSummary | null): Notice['batch'] => ({
  id: summary?.batch.id ?? null,
  directory: batch.directory,
  dataset: batch.dataset,
  agent: summary === null ? null : agentOf(summary),
});

const agentOf = ({ batch: { agent } }: BatchSummary) => {
  const { id, name, version } = agent;
  return { id, name, version };
};

const keyOf = ({ directory }: FiringBatch) => `:${directory}`;

export const startedNotice = (told: Told, batch: FiringBatch): Notice =>
  notice('started', told, {
    key: keyOf(batch),
    sentence: `${told.schedule}: ${batch.dataset} has started`,
    batch: batchOf(batch, null),
  });

/** `finished` where it went through, whatever it came to; `failed` where it did not, or a gate or a brake says so. */
export function endNotice(
  told: Told,
  batch: FiringBatch & { readonly end: BatchEnd },
  { summary, health }: { readonly summary: BatchSummary | null; readonly health: Health },
): Notice {
  return notice(health === 'failed' ? 'failed' : 'finished', told, {
    key: keyOf(batch),
    sentence: `${told.schedule}: ${batch.end.sentence}`,
    batch: batchOf(batch, summary),
    ...factsOf(batch.end, summary),
  });
}

/** Where the state of the schedule is another since this firing; null where it is not, and nobody need be alarmed. */
export function changeNotice(
  told: Told,
  { before, now }: { readonly before: Health | null; readonly now: Health },
  { batch, summary }: { readonly batch: FiringBatch; readonly summary: BatchSummary | null },
): Notice | null {
  const event = changeOf(before, now);
  if (event === null || batch.end === null) return null;
  const sentence = summary?.drift?.changed ? summary.drift.sentence : batch.end.sentence;
  return notice(event, told, {
    sentence: `${told.schedule}: ${sentence}`,
    batch: batchOf(batch, summary),
    ...factsOf(batch.end, summary),
  });
}

function changeOf(before: Health | null, now: Health): 'regressed' | 'recovered' | null {
  if (now === 'regressed') return before === 'regressed' ? null : 'regressed';
  return now === 'good' && before !== null && before !== 'good' ? 'recovered' : null;
}

const factsOf = (end: BatchEnd, summary: BatchSummary | null): Partial<Notice> => ({
  verdict: end.verdict,
  exit_code: end.exit_code,
  counts: summary?.counts ?? null,
  scores: (summary?.scores ?? []).map(({ name, mean, interval }) => ({ name, mean, interval })),
  drift: summary?.drift ?? null,
});

/** One notice for all that were missed at once for the same reason. */
export function missedNotices(told: Omit<Told, 'due'>, missed: readonly Missed[]): readonly Notice[] {
  return (['late', 'overlap'] as const).flatMap((why) => {
    const [first, ...more] = missed.filter((one) => one.why === why);
    return first === undefined ? [] : [missedNotice(told, [first, ...more])];
  });
}

function missedNotice({ schedule, at }: Omit<Told, 'due'>, missed: readonly [Missed, ...Missed[]]): Notice {
  const [first] = missed;
  const why = first.why === 'overlap' ? 'the one before still ran' : 'nobody was there to start it';
  const [one, last] = [iso(first.due), iso((missed.at(-1) ?? first).due)];
  const count = missed.length > mostListed ? `more than ${mostListed}` : missed.length;
  const sentence =
    missed.length === 1
      ? `${schedule}: the firing of ${one} was missed: ${why}`
      : `${schedule}: ${count} firings were missed, from ${one} to ${last}: ${why}`;
  return notice('missed', { schedule, due: last, at }, { sentence });
}
