/** The notices that are not delivered yet, in a file: whole or not there, so that none is cut by a kill. */

import { readFile } from 'node:fs/promises';
import { writeJson } from '../atomic.ts';
import { SinkError } from '../errors.ts';
import { isObject, parseJson } from '../json.ts';
import type { Notice } from '../notice.ts';

export interface Undelivered {
  /** Its name: a URL stands in no file. */
  readonly webhook: string;
  readonly notice: Notice;
}

/** None where there is no file; null where it is none of ours. */
export async function readUndelivered(path: string): Promise<Undelivered[] | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' || error.code === 'ENOTDIR' ? '{"undelivered":[]}' : '',
  );
  const value = parseJson(text);
  const all = isObject(value) ? value['undelivered'] : null;
  if (!Array.isArray(all)) return null;
  return all.filter(
    (one) => isObject(one) && typeof one['webhook'] === 'string' && isObject(one['notice']),
  ) as unknown as Undelivered[];
}

/** @throws SinkError */
export async function writeUndelivered(path: string, undelivered: readonly Undelivered[]): Promise<void> {
  try {
    await writeJson(path, { undelivered });
  } catch (error) {
    // The batch came to nothing and its directory is gone: there is no next start that would look here.
    if (error instanceof SinkError && isMissing(error.cause)) return;
    throw error;
  }
}

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT';
