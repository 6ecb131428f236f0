/** Structured logs: a JSON object a line. The one place for the library. */

import { pino } from 'pino';
import { isoTime, type Runtime } from '../runtime.ts';

/** Beside `time`, `level` and `event`. Of undefined nothing is written. */
export type LogFields = Readonly<Record<string, unknown>>;

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface Log {
  /** May it hold what was asked and answered? */
  readonly hasContents: boolean;
  write(level: LogLevel, event: string, fields: LogFields): void;
}

export interface LogOptions {
  /** Given a line at a time, its newline included. */
  readonly write: (line: string) => void;
  /** Below it nothing is written. */
  readonly level: LogLevel;
  readonly hasContents: boolean;
}

export function createLog({ write, level, hasContents }: LogOptions, runtime: Pick<Runtime, 'date'>): Log {
  const logger = pino(
    {
      level,
      base: null, // neither pid nor host: who collects the lines adds them
      timestamp: () => `,"time":"${isoTime(runtime.date())}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
  return {
    hasContents,
    write: (at, event, fields) => logger[at]({ event, ...fields }),
  };
}
