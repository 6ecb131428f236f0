/** A batch as a baseline file. */

import { Readable } from 'node:stream';
import { writeText } from '../atomic.ts';
import { baselineLines, type TurnTexts } from '../comparing/baseline-lines.ts';
import { turnKey } from '../comparing/side.ts';
import type { Config } from '../options.ts';
import type { KnownBatch } from './batch-config.ts';
import type { Io } from './io.ts';
import { newestRecords } from './newest-records.ts';
import { batchSource } from './sources.ts';

/** @param path Null: to stdout. A file is there whole, or as it was. @throws JournalError, SinkError */
export async function writeBaseline(
  batch: KnownBatch,
  path: string | null,
  { texts }: Pick<Config, 'texts'>,
  io: Io,
): Promise<void> {
  const { side } = await batchSource(batch, batch.files.directory, []);
  const lines = baselineLines(side, texts ? await textsOf(batch) : undefined);
  if (path === null) {
    for (const line of lines) io.stdout.write(line);
    return;
  }
  await writeText(path, Readable.from(lines));
}

async function textsOf({ files }: KnownBatch): Promise<Map<string, TurnTexts>> {
  const texts = new Map<string, TurnTexts & { readonly responses: (string | null)[] }>();
  for await (const { id, turn, trial, input, expected, response } of newestRecords(files)) {
    const key = turnKey(id, turn);
    const held = texts.get(key) ?? { input, expected, responses: [] };
    while (held.responses.length < trial) held.responses.push(null);
    held.responses[trial - 1] = response;
    texts.set(key, held);
  }
  return texts;
}
