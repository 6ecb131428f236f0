/** The scheduler's metrics: what its state says now, and what was told since it started. Labels are names, never ids. */

import type { Family, Sample } from '../metric-types.ts';
import { type Notice, noticeNames } from '../notice.ts';
import type { ProcessFacts } from './process-facts.ts';

/** A schedule as it stands; times ISO 8601, null: there was none. */
export interface ScheduleStanding {
  readonly name: string;
  readonly isRunning: boolean;
  readonly isQueued: boolean;
  readonly health: string | null;
  readonly lastFiring: string | null;
  readonly lastFiringEnded: string | null;
  readonly lastGoodFiring: string | null;
  readonly next: string | null;
}

export interface ScheduleMetrics {
  /** Counts it, and keeps the last end of each schedule. */
  tell(notice: Notice): void;
  families(standings: readonly ScheduleStanding[], facts: ProcessFacts): Family[];
}

const healths = ['good', 'failed', 'regressed'] as const;

export function createScheduleMetrics(): ScheduleMetrics {
  const counts = new Map<string, Map<string, number>>();
  const lastEnds = new Map<string, Notice>();

  return {
    tell: (notice) => {
      const { schedule, event } = notice;
      if (schedule === null) return;
      const own = counts.get(schedule) ?? new Map<string, number>();
      counts.set(schedule, own.set(event, (own.get(event) ?? 0) + 1));
      if (event === 'finished' || event === 'failed') lastEnds.set(schedule, notice);
    },
    families: (standings, facts) => {
      const told = standings.flatMap(({ name }) =>
        noticeNames.map((event) => sample(name, counts.get(name)?.get(event) ?? 0, { event })),
      );
      const ends = standings.flatMap(({ name }) => lastEnds.get(name) ?? []);
      return [
        family('schedule_notices_total', 'counter', 'What was told since the scheduler started.', told),
        ...standingFamilies(standings),
        ...endFamilies(ends),
        ...processFamilies(facts),
      ];
    },
  };
}

const sample = (schedule: string, value: number | null, labels: Sample['labels'] = {}): Sample => ({
  labels: { schedule, ...labels },
  value,
});

const family = (name: string, type: Family['type'], help: string, samples: readonly Sample[]): Family => ({
  name: `threadmill_${name}`,
  type,
  help,
  samples,
});

const seconds = (time: string | null): number | null => (time === null ? null : Date.parse(time) / 1_000);

function standingFamilies(all: readonly ScheduleStanding[]): Family[] {
  const gauge = (name: string, help: string, pick: (standing: ScheduleStanding) => number | null) =>
    family(
      `schedule_${name}`,
      'gauge',
      help,
      all.map((standing) => sample(standing.name, pick(standing))),
    );
  const byHealth = all.flatMap(({ name, health }) =>
    healths.map((one) => sample(name, Number(one === health), { health: one })),
  );
  return [
    gauge('running', '1 while a firing is under way.', ({ isRunning }) => Number(isRunning)),
    gauge('queued', '1 while another waits for its end.', ({ isQueued }) => Number(isQueued)),
    gauge('next_timestamp_seconds', 'When the next firing is due.', ({ next }) => seconds(next)),
    gauge('last_timestamp_seconds', 'When the last firing that ended was due.', (it) =>
      seconds(it.lastFiring),
    ),
    gauge('last_success_timestamp_seconds', 'When the last one was due that ended well.', (it) =>
      seconds(it.lastGoodFiring),
    ),
    gauge('last_duration_seconds', 'From due to its end.', ({ lastFiring, lastFiringEnded }) =>
      lastFiring === null || lastFiringEnded === null
        ? null
        : (Date.parse(lastFiringEnded) - Date.parse(lastFiring)) / 1_000,
    ),
    family('schedule_health', 'gauge', '1 for how the last firing went, 0 for the others.', byHealth),
  ];
}

function endFamilies(ends: readonly Notice[]): Family[] {
  const scores = ends.flatMap(({ schedule, scores }) =>
    scores.map(({ name, mean }) => sample(schedule ?? '', mean, { scorer: name })),
  );
  const codes = ends.map(({ schedule, exit_code }) => sample(schedule ?? '', exit_code));
  const drift = ends.flatMap(({ schedule, drift }) =>
    drift === null ? [] : [sample(schedule ?? '', Number(drift.state === 'regressed'))],
  );
  return [
    family('schedule_exit_code', 'gauge', 'Of the last batch.', codes),
    family('schedule_score', 'gauge', 'Mean score of the last batch, 0 to 1.', scores),
    family('schedule_drift', 'gauge', '1 while it is worse than the last good batches, by drift.', drift),
  ];
}

/** By the names that Prometheus' own clients give them. */
function processFamilies({ cpuSeconds, residentBytes, startedAtSeconds }: ProcessFacts): Family[] {
  const own = (name: string, type: Family['type'], help: string, value: number): Family => ({
    name: `process_${name}`,
    type,
    help,
    samples: [{ labels: {}, value }],
  });
  return [
    own('cpu_seconds_total', 'counter', 'Processor time of the scheduler.', cpuSeconds),
    own('resident_memory_bytes', 'gauge', 'Memory of the scheduler.', residentBytes),
    own('start_time_seconds', 'gauge', 'When the scheduler started.', startedAtSeconds),
  ];
}
