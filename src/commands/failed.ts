/** What went wrong, for a person; and the exit code of contract and guide. */

import { AgentError, ConfigError, DatasetError, JournalError, LockedError, SinkError } from '../errors.ts';
import { visible } from '../reports/terminal.ts';

/** Messages may quote a dataset or a server: what a terminal would obey is shown. */
export function toldFailure(error: unknown): { readonly text: string; readonly code: number } {
  const code = exitCodeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (code === null) {
    const stack = error instanceof Error ? (error.stack ?? message) : message;
    return { text: `This is a bug in threadmill, please report it:\n${visible(stack)}\n`, code: 4 };
  }
  const lines = error instanceof ConfigError ? error.faults : [message];
  return { text: lines.map((line) => `threadmill: ${visible(line)}\n`).join(''), code };
}

function exitCodeOf(error: unknown): number | null {
  if (error instanceof ConfigError || error instanceof DatasetError) return 2;
  if (error instanceof AgentError) return error.exitCode;
  if (error instanceof SinkError || error instanceof LockedError) return 3;
  if (error instanceof JournalError) return 4;
  return null;
}
