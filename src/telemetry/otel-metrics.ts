/** A batch's metrics for OpenTelemetry. Attributes are names and closed lists, never ids. */

import type { Attributes, Meter } from '@opentelemetry/api';
import type { Summary } from '../summary-types.ts';
import type { Attempt, JobRecord } from '../types.ts';

export interface Tally {
  record(record: JobRecord, attempts: readonly Attempt[]): void;
  end(summary: Summary): void;
}

/** Of the semantic conventions, s. */
const durations = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
/** The same, tokens. */
const tokens = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216];

/** @param agent Attributes of all of them. */
export function createTally(meter: Meter, agent: Attributes): Tally {
  const turns = meter.createCounter('threadmill.turns', { description: 'Turns by how they ended.' });
  const duration = meter.createHistogram('gen_ai.client.operation.duration', {
    unit: 's',
    description: 'Of an attempt, request sent to answer complete.',
    advice: { explicitBucketBoundaries: durations },
  });
  const usage = meter.createHistogram('gen_ai.client.token.usage', {
    unit: '{token}',
    description: 'Tokens of a turn.',
    advice: { explicitBucketBoundaries: tokens },
  });
  const score = meter.createGauge('threadmill.score', { description: 'Mean score by example, 0 to 1.' });
  const exitCode = meter.createGauge('threadmill.exit_code', { description: 'Of the batch: 0 is good.' });

  return {
    record: (record, attempts) => {
      turns.add(1, { ...agent, 'threadmill.outcome': record.outcome });
      for (const { latency_ms, failure } of attempts)
        duration.record(latency_ms / 1_000, { ...agent, 'error.type': failure?.kind });
      if (record.usage === null) return;
      usage.record(record.usage.input_tokens, { ...agent, 'gen_ai.token.type': 'input' });
      usage.record(record.usage.output_tokens, { ...agent, 'gen_ai.token.type': 'output' });
    },
    end: ({ scores, verdict }) => {
      for (const { name, mean } of scores)
        if (mean !== null) score.record(mean, { ...agent, 'threadmill.scorer': name });
      exitCode.record(verdict.exit_code, { ...agent, 'threadmill.verdict': verdict.verdict });
    },
  };
}
