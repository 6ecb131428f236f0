import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exposition } from '../../src/reports/exposition.ts';
import { readExposition, sampleValue } from '../support/exposition-reader.ts';
import { madeNotice, madeScheduleFamilies } from './made-schedule.ts';

const read = (...made: Parameters<typeof madeScheduleFamilies>) =>
  readExposition(exposition(madeScheduleFamilies(...made)));

describe('the metrics of a scheduler', () => {
  it('count what was told, by schedule', () => {
    const missed = madeNotice({ event: 'missed', scores: [], exit_code: null });

    const metrics = read([madeNotice(), missed, missed]);

    const count = (event: string) =>
      sampleValue(metrics, 'threadmill_schedule_notices_total', { schedule: 'nightly', event });
    expect([count('finished'), count('missed'), count('regressed')]).toEqual([1, 2, 0]);
    expect(sampleValue(metrics, 'threadmill_schedule_score', { scorer: 'exact' })).toBe(0.9);
  });

  it('tell times in seconds, and a firing from due to its end', () => {
    const metrics = read();

    expect(sampleValue(metrics, 'threadmill_schedule_last_duration_seconds')).toBe(600);
    expect(sampleValue(metrics, 'threadmill_schedule_last_success_timestamp_seconds')).toBe(1_795_230_000);
  });

  it('take any name of a schedule', () => {
    const name = 'every "night"\\ of\nthe week';

    const metrics = read([madeNotice({ schedule: name })], name);

    expect(sampleValue(metrics, 'threadmill_schedule_exit_code', { schedule: name })).toBe(0);
  });

  it('are those that the guide tells', () => {
    const guide = readFileSync(new URL('../../docs/guide/telemetry.md', import.meta.url), 'utf8');

    const described = [...guide.matchAll(/`((?:threadmill_schedule|process)_\w+)`/g)].map(([, name]) => name);
    expect(new Set(read().keys())).toEqual(new Set(described));
  });
});
