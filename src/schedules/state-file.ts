/** The state file: read once, replaced whole at each change. */

import { readFile } from 'node:fs/promises';
import { writeJson } from '../atomic.ts';
import type { Ownership } from '../contracts.ts';
import { JournalError, SinkError } from '../errors.ts';
import { isObject, parseJson } from '../json.ts';
import type { SchedulerState } from './state.ts';

/**
 * That of a first start where there is none.
 * @throws JournalError where it is no state file: what has fired would not be known. SinkError where it cannot be read.
 */
export async function readState(path: string): Promise<SchedulerState> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new SinkError(
      `${path}: cannot be read (${error instanceof Error ? error.message : String(error)})`,
      { cause: error },
    );
  });
  if (text === null) return { format: 1, schedules: {} };
  const value = parseJson(text);
  if (isObject(value) && value['format'] === 1 && areStates(value['schedules']))
    return value as unknown as SchedulerState;
  throw new JournalError(
    `${path}: expected the state of a scheduler, of format 1, saw ${text === '' ? 'nothing' : JSON.stringify(text.slice(0, 60))}. It says what has fired: put a good copy back; or move it away, and the schedules begin anew from now on, files that arrived being new again.`,
  );
}

const areStates = (value: unknown): boolean =>
  isObject(value) &&
  Object.values(value).every(
    (state) =>
      isObject(state) &&
      Number.isFinite(Date.parse(String(state['decided_up_to']))) &&
      'firing' in state &&
      Array.isArray(state['ended']) &&
      Array.isArray(state['arrived']),
  );

/** @throws SinkError, LockedError */
export const writeState = (path: string, state: SchedulerState, ownership: Ownership): Promise<void> =>
  writeJson(path, state, ownership);
