/** Datasets of any size, and how a script reads them. */

import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Writes so many rows with ids of their own, and gives the file's path. */
export async function writeDataset(place, rows) {
  const path = join(place, `rows-${rows}.csv`);
  await pipeline(Readable.from(pieces(rows)), createWriteStream(path));
  return path;
}

function* pieces(rows) {
  let text = 'id,prompt\n';
  for (let row = 1; row <= rows; row += 1) {
    text += `row-${row},Where is the order with the number ${row}?\n`;
    if (text.length > 60_000) {
      yield text;
      text = '';
    }
  }
  yield text;
}

/** All rows at once, the way a script does it that knows there are no quotes. */
export function readRows(path) {
  const [, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const comma = line.indexOf(',');
    return { id: line.slice(0, comma), prompt: line.slice(comma + 1) };
  });
}
