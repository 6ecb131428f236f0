/** What commands have of the world around them, so that a library's user or a test can hand in another. */

import type { Readable } from 'node:stream';
import type { Runtime } from '../runtime.ts';
import type { Log } from '../telemetry/log.ts';

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

export interface Terminal {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface Io {
  /** As typed behind `threadmill`, to print the command that goes on; empty in a library. */
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable & { readonly isTTY?: boolean | undefined };
  /** Results. */
  readonly stdout: Terminal;
  /** Text for people. */
  readonly stderr: Terminal;
  /** With `--log json`; then stderr is for it alone. */
  readonly log?: Log | undefined;
  readonly runtime: Runtime;
  /** Calls back at each signal that asks to stop, until told not to. */
  onSignal(listener: (signal: StopSignal) => void): () => void;
}

/** Colours where a person looks at a terminal and did not say no (no-color.org). */
export const hasColour = ({ isTTY }: Terminal, env: Io['env']): boolean =>
  isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';

const narrowest = 30;
const widest = 100;

/** Columns that text for people may take. */
export const widthOf = ({ columns }: Terminal): number =>
  Math.min(widest, Math.max(narrowest, columns ?? 80));
