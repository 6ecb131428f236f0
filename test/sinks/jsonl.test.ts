import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openJournalReader } from '../../src/sinks/journal-reader.ts';
import { openJournal, readJournal } from '../../src/sinks/jsonl.ts';
import { RecordIndex } from '../../src/sinks/record-index.ts';
import type { JobRecord } from '../../src/types.ts';
import { describeSink } from '../contracts/sink.ts';
import { madeRecord } from '../reports/made-records.ts';
import { emptyPlace } from './place.ts';

/** Without the checksum: any reader of JSON lines. */
const plainly = (text: string): JobRecord[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const { crc32, ...record } = JSON.parse(line);
      expect(crc32).toMatch(/^[0-9a-f]{8}$/);
      return record;
    });

describeSink('journal', async () => {
  const place = await emptyPlace();
  const path = place.at('results.jsonl');
  return {
    open: () => openJournal(path, new RecordIndex()),
    records: async () => plainly(await readFile(path, 'utf8').catch(() => '')),
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
});

describe('the journal', () => {
  it('tells the index of each record where it lies, once it is durable', async () => {
    await using place = await emptyPlace();
    const path = place.at('results.jsonl');
    const index = new RecordIndex();
    const sink = await openJournal(path, index);
    const records = [
      madeRecord({ id: 'a', index: 0, trial: 1, response: 'äöü' }),
      madeRecord({ id: 'a', index: 0, trial: 2, outcome: 'error' }),
      madeRecord({ id: 'b', index: 1, turn: 3, outcome: 'skipped' }),
    ];

    const writing = records.map((record) => sink.write(record));
    expect(index.size).toBe(0);
    await Promise.all(writing);
    await sink.close();

    await using journal = openJournalReader(path);
    const offsets = [...index.offsetsOf(0), ...index.offsetsOf(1)];
    expect(await Promise.all(offsets.map((offset) => journal.at(offset)))).toEqual(records);
    expect(index.outcomeOf({ index: 0, trial: 2, turn: 1 })).toBe('error');
    expect(index.outcomeOf({ index: 1, trial: 1, turn: 3 })).toBe('skipped');
  });

  it('is read as it was written, with the offsets the index was told', async () => {
    await using place = await emptyPlace();
    const path = place.at('results.jsonl');
    const index = new RecordIndex();
    const sink = await openJournal(path, index);
    const records = Array.from({ length: 3_000 }, (_, at) =>
      madeRecord({ id: `r${at}`, index: at, response: 'ünï '.repeat(at % 300) }),
    );
    await Promise.all(records.map((record) => sink.write(record)));
    await sink.close();

    const read: JobRecord[] = [];
    for await (const { record, offset } of readJournal(path, { cutBytes: 0 })) {
      read.push(record);
      expect(index.offsetsOf(record.index)).toEqual([offset]);
    }

    expect(read).toEqual(records);
  });

  it('goes on after a start that died while it wrote: what was cut is told, gone, and no line is lost for it', async () => {
    await using place = await emptyPlace();
    const path = place.at('results.jsonl');
    const first = await openJournal(path, new RecordIndex());
    await first.write(madeRecord({ id: 'a' }));
    await first.write(madeRecord({ id: 'b' }));
    await first.close();
    const bytes = await readFile(path);
    const lastAt = bytes.lastIndexOf('\n', bytes.length - 2) + 1;

    for (let length = lastAt; length < bytes.length; length += 7) {
      await writeFile(path, bytes.subarray(0, length));
      const read = { cutBytes: 0 };
      const before: string[] = [];
      for await (const { record } of readJournal(path, read)) before.push(record.id);
      const sink = await openJournal(path, new RecordIndex());
      await sink.write(madeRecord({ id: 'c' }));
      await sink.close();

      expect(before).toEqual(['a']);
      expect(read.cutBytes).toBe(length - lastAt);
      expect(plainly(await readFile(path, 'utf8')).map(({ id }) => id)).toEqual(['a', 'c']);
    }
  });

  it('has the fields of a record in the order of the contract, and null for what is no number', async () => {
    await using place = await emptyPlace();
    const sink = await openJournal(place.at('results.jsonl'), new RecordIndex());
    await sink.write(madeRecord({ latency_ms: Number.NaN }));
    await sink.close();

    const line = (await readFile(place.at('results.jsonl'), 'utf8')).trimEnd();

    expect(Object.keys(JSON.parse(line)).at(-1)).toBe('crc32');
    expect(line).toContain('"latency_ms":null,');
  });
});
