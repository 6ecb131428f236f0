/** The scheduler's metrics of a schedule that has all there is. */

import type { Family } from '../../src/metric-types.ts';
import type { Notice } from '../../src/notice.ts';
import { createScheduleMetrics } from '../../src/telemetry/schedule-metrics.ts';

export const madeNotice = (fields: Partial<Notice> = {}): Notice => ({
  id: 'nightly/20261122T030000Z#finished',
  event: 'finished',
  at: '2026-11-22T03:10:00.000Z',
  schedule: 'nightly',
  firing: '2026-11-22T03:00:00.000Z',
  sentence: 'nightly: all went well',
  batch: null,
  verdict: 'OK',
  exit_code: 0,
  counts: null,
  scores: [{ name: 'exact', mean: 0.9, interval: null }],
  drift: {
    state: 'steady',
    changed: false,
    sentence: 'no change',
    since: null,
    baseline: [],
    watched: [],
  },
  ...fields,
});

export function madeScheduleFamilies(
  notices: readonly Notice[] = [madeNotice()],
  name = 'nightly',
): Family[] {
  const metrics = createScheduleMetrics();
  for (const notice of notices) metrics.tell(notice);
  const standing = {
    name,
    isRunning: true,
    isQueued: false,
    health: 'good',
    lastFiring: '2026-11-22T03:00:00.000Z',
    lastFiringEnded: '2026-11-22T03:10:00.000Z',
    lastGoodFiring: '2026-11-21T03:00:00.000Z',
    next: '2026-11-23T03:00:00.000Z',
  };
  return metrics.families([standing], { cpuSeconds: 1, residentBytes: 2, startedAtSeconds: 3 });
}
