import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Again } from '../../src/commands/again.ts';
import { loadDataset } from '../../src/commands/dataset.ts';
import { readLeft } from '../../src/commands/left.ts';
import { rememberedConfig } from '../../src/config.ts';
import { batchFiles } from '../../src/results/files.ts';
import { takeLock } from '../../src/results/lock.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { Scratch } from '../../src/scratch.ts';
import { openIntents } from '../../src/sinks/intents.ts';
import type { BadRow, Example, JobRecord, OutcomeName } from '../../src/types.ts';
import { intentOf } from '../made-intent.ts';
import { madeBatch, madeFailure, madeRecord } from '../reports/made-records.ts';
import { madeManifest } from '../results/made-manifest.ts';
import { appendRecords } from '../sinks/digested.ts';
import { emptyPlace, type Place } from '../sinks/place.ts';

const again: Again = { only: ['error'], kinds: null };

/** A batch directory that this test owns, and its dataset of so many rows. */
async function batchOf(place: Place, lines: readonly string[], settings: Record<string, unknown> = {}) {
  const path = place.at('rows.csv');
  await writeFile(path, `id,prompt\n${lines.join('\n')}\n`);
  const dataset = await loadDataset(path, 'rows.csv', rememberedConfig(settings));
  const files = batchFiles(place.path);
  const lock = await takeLock(files.lock, systemRuntime);
  const scratch = new Scratch(files.scratch);
  return { dataset, place: { files, lock, scratch, manifest: null }, files, lock };
}

const rowsOf = (count: number) => Array.from({ length: count }, (_, at) => `r${at},question ${at}`);

const recordOf = (index: number, fields: Partial<JobRecord> = {}): JobRecord =>
  madeRecord({ id: `r${index}`, index, failure: failureOf(fields.outcome), ...fields });

const failureOf = (outcome: OutcomeName = 'success') => (outcome === 'success' ? null : madeFailure());

const places = Array.from({ length: 8 }, (_, index) => index).flatMap((index) =>
  [1, 2].map((trial) => ({ index, trial, turn: 1 })),
);

async function factsOf(...given: Parameters<typeof readLeft>) {
  const left = await readLeft(...given);
  const { recorded, summary, spending } = left;
  return {
    notes: left.notes,
    repeats: left.repeats,
    spent: { ...spending.usage, told: spending.told, untold: spending.untold },
    ends: places.map((place) => [
      recorded.outcomeOf(place),
      recorded.revisionOf(place),
      recorded.isToRepeat(place),
    ]),
    ids: await Promise.all(
      places
        .filter((place) => recorded.outcomeOf(place) !== null)
        .map(async (place) => (await recorded.recordOf(place)).id),
    ),
    summary: summary.summarise({
      batch: madeBatch({ state: 'running' }),
      planned: 100,
      stop: null,
      elapsedMs: 0,
    }),
  };
}

const anyRecords = fc.array(
  fc
    .record({
      index: fc.nat({ max: 7 }),
      trial: fc.integer({ min: 1, max: 2 }),
      outcome: fc.constantFrom('success', 'success', 'success', 'error', 'interrupted', 'skipped'),
    })
    .map(({ index, ...fields }) => recordOf(index, fields)),
  { maxLength: 25 },
);

/** Asked once more, a turn's later records have higher revisions. */
function withRevisions(records: readonly JobRecord[]): JobRecord[] {
  const counts = new Map<string, number>();
  return records.map((record) => {
    const key = `${record.index} ${record.trial}`;
    const revision = (counts.get(key) ?? 0) + 1;
    counts.set(key, revision);
    return { ...record, revision };
  });
}

describe('what earlier starts left', () => {
  it('is the same with a digest of the journal and without one', async () => {
    const anySettings = fc.constantFrom({}, { limit: 5 }, { offset: 2 }, { repeat: 2 });
    await fc.assert(
      fc.asyncProperty(anyRecords, anySettings, fc.boolean(), async (given, settings, isRetry) => {
        await using place = await emptyPlace();
        const batch = await batchOf(place, rowsOf(8), settings);
        await using _ = batch.lock;
        await appendRecords(batch.files, withRevisions(given));
        const options = { repeat: rememberedConfig(settings).repeat, again: isRetry ? again : null };

        const digested = await factsOf(batch.place, batch.dataset, options);
        await rm(batch.files.digest, { force: true });
        const plainly = await factsOf(batch.place, batch.dataset, options);

        expect(digested).toEqual(plainly);
      }),
      { numRuns: 100 },
    );
  });

  it('is found by ids where the dataset was changed, and a digest of it too', async () => {
    await using place = await emptyPlace();
    const batch = await batchOf(place, ['new,question new', ...rowsOf(7)]);
    await using _ = batch.lock;
    const input = (index: number) => ({ input: `question ${index}` });
    await appendRecords(
      batch.files,
      [0, 1, 2, 3, 4].map((index) => recordOf(index, input(index))),
    );
    const changed = { ...batch.place, manifest: madeManifest() };

    const left = await readLeft(changed, batch.dataset, { repeat: 1, again: null });

    expect(places.map((at) => left.recorded.outcomeOf(at) !== null && at.index)).toEqual(
      places.map(({ index, trial }) => index >= 1 && index <= 5 && trial === 1 && index),
    );
  });

  it('makes the digest whole', async () => {
    await using place = await emptyPlace();
    const batch = await batchOf(place, rowsOf(8));
    await using _ = batch.lock;
    await appendRecords(batch.files, [recordOf(0), recordOf(1)]);
    const whole = await readFile(batch.files.digest);
    await rm(batch.files.digest);
    await appendFile(batch.files.journal, 'cut off');

    const left = await readLeft(batch.place, batch.dataset, { repeat: 1, again: null });

    expect(left.notes).toEqual(['results.jsonl: its last line was not whole (7 bytes) and was cut off']);
    expect(await readFile(batch.files.digest)).toEqual(whole);
  });
});

describe('the rows that a start passes over', () => {
  const many = 1_200;

  async function firstRow(
    records: readonly JobRecord[],
    { settings = {}, open = [] }: { settings?: Record<string, unknown>; open?: readonly string[] } = {},
  ) {
    await using place = await emptyPlace();
    const batch = await batchOf(place, rowsOf(many), settings);
    await using _ = batch.lock;
    await appendRecords(batch.files, records);
    const intents = await openIntents(batch.files.intents);
    for (const key of open) await intents.note(intentOf({ key }));
    await intents.close();
    const left = await readLeft(batch.place, batch.dataset, {
      repeat: rememberedConfig(settings).repeat,
      again: null,
    });
    return left.firstRow();
  }

  const recorded = (count: number, fields: Partial<JobRecord> = {}) =>
    Array.from({ length: count }, (_, at) => recordOf(at, fields));

  it('are all before the first one without a record', async () => {
    expect(await firstRow(recorded(1_100))).toEqual({ index: 1_099, id: 'r1099' });
    expect(await firstRow(recorded(many))).toEqual({ index: many - 1, id: `r${many - 1}` });
    expect(await firstRow([...recorded(1_050), ...recorded(many).slice(1_051)])).toEqual({
      index: 1_049,
      id: 'r1049',
    });
  });

  it('are none where they are few, or where one of the first is to be asked or put away', async () => {
    expect(await firstRow(recorded(999))).toBeNull();
    expect(await firstRow(recorded(1_100).slice(1))).toBeNull();
    expect(await firstRow(recorded(1_100), { open: ['id:r7'] })).toBeNull();
    expect(await firstRow(recorded(1_100), { settings: { repeat: 2 } })).toBeNull();
    expect(await firstRow(recorded(1_100, { outcome: 'skipped' }))).toBeNull();
    expect(await firstRow(recorded(1_100), { settings: { limit: 1_150 } })).toBeNull();
  });

  it('end before one that is not put away', async () => {
    expect(await firstRow(recorded(many), { open: ['id:r1020', 'id:r1100'] })).toEqual({
      index: 1_019,
      id: 'r1019',
    });
  });
});

describe('a dataset from a row on', () => {
  async function idsFrom(lines: readonly string[], from: { index: number; id: string }) {
    await using place = await emptyPlace();
    const batch = await batchOf(place, lines);
    await using _ = batch.lock;
    const rows: (Example | BadRow)[] = [];
    for await (const row of batch.dataset.examples(from)) rows.push(row);
    return rows.map(({ index, id }) => `${index} ${id}`);
  }

  it('begins at that row', async () => {
    expect(await idsFrom(rowsOf(5), { index: 3, id: 'r3' })).toEqual(['3 r3', '4 r4']);
  });

  it('has all rows where another one stands there, or none that can be read', async () => {
    const all = ['0 r0', '1 r1', '2 r2', '3 r3', '4 r4'];
    // A line of no-break spaces is blank to the reader, and no blank to who looks for line ends alone.
    const [first = '', ...others] = rowsOf(5);

    expect(await idsFrom([first, '\u00a0', ...others], { index: 3, id: 'r3' })).toEqual(all);
    expect(await idsFrom(rowsOf(5), { index: 3, id: 'r1' })).toEqual(all);
    expect(await idsFrom([...rowsOf(4), '', 'r4,question 4'], { index: 9, id: 'r9' })).toEqual(all);
  });
});
