import { describe, expect, it } from 'vitest';
import { logBatch } from '../../src/telemetry/batch-log.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { madeFailure } from '../reports/made-records.ts';
import { manualRuntime } from '../support/manual-runtime.ts';
import { madeObservedBatch } from './made-batch.ts';

/** What is logged of a batch while `tell` tells it. */
function logged(tell: (observer: ReturnType<typeof logBatch>) => void): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>);
  const log = createLog({ write, level: 'debug', hasContents: false }, manualRuntime());
  tell(logBatch(log, madeObservedBatch()));
  return lines;
}

describe('logBatch', () => {
  it('tells an outage when it begins and when it is over, however often somebody looks', () => {
    const why = madeFailure({ message: 'what a server said' });

    const lines = logged((observer) => {
      for (const lastedMs of [0, 1_000, 2_000]) observer.onOutage({ isOn: true, lastedMs, why });
      observer.onOutage({ isOn: false, lastedMs: 3_000.4, why });
    });

    expect(lines).toMatchObject([
      { level: 'info', event: 'started', batch: 'b-1' },
      { level: 'warn', event: 'outage', batch: 'b-1', code: 'HTTP_503', lasted_ms: 0 },
      { level: 'info', event: 'outage_over', batch: 'b-1', lasted_ms: 3_000 },
    ]);
    expect(JSON.stringify(lines)).not.toContain('what a server said');
  });
});
