/** The checker's own reading of `results.jsonl`: shares no code with the program. */

import { readFile } from 'node:fs/promises';

const table = Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  return sum >>> 0;
});

export function crc32(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (sum >>> 8) ^ table[(sum ^ byte) & 0xff];
  return ((sum ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
}

/** One line's object; null where it is no JSON, or its checksum is not that of the bytes before the last comma. */
export function recordOf(line) {
  const comma = line.lastIndexOf(',"crc32":"');
  if (comma === -1) return null;
  try {
    const record = JSON.parse(line.toString('utf8'));
    return record.crc32 === crc32(line.subarray(0, comma)) ? record : null;
  } catch {
    return null;
  }
}

/** All lines of a journal: the good ones' records, the numbers of the bad ones, and how many bytes are no whole line. */
export async function readJournal(path) {
  const bytes = await readFile(path).catch((error) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  const records = [];
  const badLines = [];
  let from = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, from)) {
    const record = recordOf(bytes.subarray(from, end));
    if (record === null) badLines.push(records.length + badLines.length + 1);
    else records.push(record);
    from = end + 1;
  }
  return { records, badLines, tailBytes: bytes.length - from };
}
