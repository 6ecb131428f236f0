import type { ScorerKind } from '../contracts.ts';
import { ConfigError } from '../errors.ts';
import type { UnscoredRecord } from '../types.ts';
import { duration } from '../values.ts';
import { atMost } from './at-most.ts';
import { shown } from './score.ts';

export const latency: ScorerKind = {
  judges: 'the last attempt took at most so long',
  argument: 'a duration such as 2s or 1500ms, which must be given',
  create: (argument) => {
    const mostMs = duration.parse(argument?.trim() ?? '');
    if (mostMs === undefined) {
      throw new ConfigError(
        `latency: expected ${duration.expects} behind the colon, got ${shown(argument ?? '')}`,
      );
    }
    return atMost({ most: mostMs, amountOf: latencyMsOf, write: writeMs });
  },
};

export const latencyMsOf = ({ latency_ms }: UnscoredRecord): number | string =>
  latency_ms ?? 'the record has no latency';

export const writeMs = (ms: number): string => `${Math.round(ms * 10) / 10} ms`;
