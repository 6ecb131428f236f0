/** A copy of a damaged file of sealed lines, without what was changed in it. The damaged one is kept. */

import { constants } from 'node:fs';
import { type FileHandle, link, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Ownership } from '../contracts.ts';
import { openFresh, syncDirectory, unwritable } from '../durable.ts';
import { JournalError, LockedError } from '../errors.ts';
import { openLine, wholeLines } from './lines.ts';

export interface Mended {
  /** Where the damaged file lies now. */
  readonly keptAs: string;
  readonly leftOut: readonly LeftOut[];
  /** At the end, of a line that is not whole: nobody relied on it. */
  readonly cutBytes: number;
}

/** A line whose checksum does not hold. */
export interface LeftOut {
  /** From 1, in the damaged file. */
  readonly line: number;
  /** Ids, or keys of conversations, that can still be read in it: none, one, or those of lines that ran together. */
  readonly names: readonly string[];
}

/**
 * Puts a copy with every line that holds in the place of a file with one that does not. Null: there is none such, and
 * nothing was done.
 * @param stamp Ends the name of the damaged file.
 * @throws SinkError, LockedError; JournalError where a link is in the way.
 */
export async function mendLines(path: string, stamp: string, ownership: Ownership): Promise<Mended | null> {
  const from = await openDamaged(path);
  if (from === null) return null;
  await using _ = from;
  const leftOut: LeftOut[] = [];
  const read = { cutBytes: 0 };
  for await (const line of wholeLines(from.createReadStream({ autoClose: false }), read)) {
    if (openLine(line.bytes) === null) leftOut.push({ line: line.number, names: namesIn(line.bytes) });
  }
  if (leftOut.length === 0) return null;
  try {
    const keptAs = await replace(path, from, stamp, ownership);
    return { keptAs, leftOut, ...read };
  } catch (error) {
    throw error instanceof LockedError ? error : unwritable(path, error);
  }
}

async function openDamaged(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOENT') return null;
    const saw = code === 'ELOOP' ? 'found a symbolic link; remove it' : String(error);
    throw new JournalError(`${path}: expected a file, ${saw}`, { cause: error });
  }
}

/** At every moment there is one file of the name, whole: the damaged one, which has a second name first, then the copy. */
async function replace(path: string, from: FileHandle, stamp: string, ownership: Ownership): Promise<string> {
  const temporary = `${path}.new`;
  await ownership.prove();
  await using to = await openFresh(temporary);
  const again = from.createReadStream({ autoClose: false, start: 0 });
  for await (const { bytes } of wholeLines(again, { cutBytes: 0 })) {
    if (openLine(bytes) !== null) await to.appendFile(Buffer.concat([bytes, lineEnd]));
  }
  await to.sync();
  await ownership.prove();
  const keptAs = await linkFree(path, `${path}.damaged-${stamp}`);
  await rename(temporary, path);
  await syncDirectory(dirname(path));
  return keptAs;
}

const lineEnd = Buffer.from('\n');

async function linkFree(path: string, wish: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wish : `${wish}-${number}`;
    try {
      await link(path, name);
      return name;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

/** How a record and an intent begin. Within their texts quotes are escaped, so that none is found there. */
const beginning = /\{"(?:id|key)":("(?:[^"\\]|\\.)*"),"(?:index|trial)":/g;

function namesIn(line: Buffer): string[] {
  const names = [...line.toString('utf8').matchAll(beginning)].flatMap(([, text = '']) => readText(text));
  return [...new Set(names.map((name) => name.replace(/^(id|thread):/, '')))];
}

function readText(text: string): string[] {
  try {
    return [String(JSON.parse(text))];
  } catch {
    return [];
  }
}
