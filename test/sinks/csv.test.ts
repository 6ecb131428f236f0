import { link, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { DatasetError, JournalError, SinkError } from '../../src/errors.ts';
import { type CsvSources, writeCsvFiles } from '../../src/sinks/csv.ts';
import { openJournal } from '../../src/sinks/jsonl.ts';
import { RecordIndex } from '../../src/sinks/record-index.ts';
import type { Example } from '../../src/types.ts';
import { madeFailure, madeRecord } from '../reports/made-records.ts';
import { emptyPlace, type Place } from './place.ts';

const names = ['errors.csv', 'interrupted.csv', 'results.csv', 'uncertain.csv'];
const options = (place: Place) => ({ directory: place.path, guard: 'agent' as const, bom: false });

/** A batch of some failures, and its sources. */
async function sourcesIn(place: Place, rows: number): Promise<CsvSources> {
  const index = new RecordIndex();
  const journal = place.at('results.jsonl');
  const sink = await openJournal(journal, index);
  const numbers = Array.from({ length: rows }, (_, at) => at);
  await Promise.all(
    numbers.map((at) =>
      sink.write(
        madeRecord({
          id: `r${at}`,
          index: at,
          outcome: 'error',
          failure: madeFailure(),
          response: 'x'.repeat(500),
        }),
      ),
    ),
  );
  await sink.close();
  const examples = async function* (): AsyncGenerator<Example> {
    for (const at of numbers) {
      const input = `question ${at}`;
      yield { id: `r${at}`, index: at, input, expected: null, metadata: {}, cells: [input] };
    }
  };
  const roles = {
    input: 'prompt',
    id: null,
    thread: null,
    expected: null,
    expectedTools: null,
    resume: null,
  };
  return {
    examples,
    columns: ['prompt'],
    roles,
    journal,
    scores: place.at('scores.jsonl'),
    scorers: [],
    index,
  };
}

const linesOf = async (place: Place, name: string) =>
  (await readFile(place.at(name), 'utf8')).split('\n').length - 1;

describe('the CSV files of a batch', () => {
  it('are four, and nothing is left beside them', async () => {
    await using place = await emptyPlace();

    await writeCsvFiles(await sourcesIn(place, 2_000), options(place));

    expect((await readdir(place.path)).sort()).toEqual([...names, 'results.jsonl'].sort());
    expect(await Promise.all(names.map((name) => linesOf(place, name)))).toEqual([2_001, 1, 2_001, 1]);
  });

  it('take the place of those before them, also of one that was begun', async () => {
    await using place = await emptyPlace();
    for (const name of names)
      await writeFile(place.at(name), 'old and much longer than the new one\n'.repeat(99));
    for (const name of names) await writeFile(place.at(`${name}.new`), 'begun');

    await writeCsvFiles(await sourcesIn(place, 1), options(place));

    expect(await Promise.all(names.map((name) => linesOf(place, name)))).toEqual([2, 1, 2, 1]);
    expect((await readdir(place.path)).sort()).toEqual([...names, 'results.jsonl'].sort());
  });

  it('are new files: what held the old ones open keeps them', async () => {
    await using place = await emptyPlace();
    await writeFile(place.at('results.csv'), 'old');
    await link(place.at('results.csv'), place.at('kept'));

    await writeCsvFiles(await sourcesIn(place, 1), options(place));

    expect(await readFile(place.at('kept'), 'utf8')).toBe('old');
  });

  it('are written nowhere else, whatever links are in the way', async () => {
    await using place = await emptyPlace();
    await using elsewhere = await emptyPlace();
    await writeFile(elsewhere.at('precious'), 'precious');
    for (const name of names) {
      await symlink(elsewhere.at('precious'), place.at(name));
      await symlink(elsewhere.at('precious'), place.at(`${name}.new`));
    }

    await writeCsvFiles(await sourcesIn(place, 1), options(place));

    expect(await readFile(elsewhere.at('precious'), 'utf8')).toBe('precious');
    expect(await linesOf(place, 'results.csv')).toBe(2);
  });

  it.each<
    [string, (sources: CsvSources, place: Place) => Promise<CsvSources>, new (...args: never[]) => Error]
  >([
    [
      'the dataset cannot be read to its end',
      async (sources) => ({
        ...sources,
        examples: async function* () {
          for await (const example of sources.examples()) {
            yield example;
            if (example.index === 800) throw new DatasetError('qa.csv', 'it was changed while the batch ran');
          }
        },
      }),
      DatasetError,
    ],
    [
      'the journal was damaged',
      async (sources) => {
        const bytes = await readFile(sources.journal);
        bytes[bytes.length - 100] = 0;
        await writeFile(sources.journal, bytes);
        return sources;
      },
      JournalError,
    ],
    [
      'a file cannot be made',
      async (sources, place) => {
        await mkdir(place.at('uncertain.csv.new'));
        await writeFile(place.at('uncertain.csv.new/x'), '');
        return sources;
      },
      SinkError,
    ],
  ])('are as they were where %s', async (_, broken, error) => {
    await using place = await emptyPlace();
    const sources = await sourcesIn(place, 1_000);
    for (const name of names) await writeFile(place.at(name), 'old');
    const before = (await readdir(place.path)).sort();

    await expect(writeCsvFiles(await broken(sources, place), options(place))).rejects.toThrow(error);

    expect(await Promise.all(names.map((name) => readFile(place.at(name), 'utf8')))).toEqual(
      names.map(() => 'old'),
    );
    expect((await readdir(place.path)).filter((name) => name !== 'uncertain.csv.new').sort()).toEqual(before);
  });

  it('are refused where they cannot take their place', async () => {
    await using place = await emptyPlace();
    await mkdir(place.at('results.csv'));

    const writing = writeCsvFiles(await sourcesIn(place, 1), options(place));

    await expect(writing).rejects.toThrow(SinkError);
    await expect(writing).rejects.toThrow(/results.csv: cannot be written \(E(ISDIR|NOTEMPTY|EXIST)/);
  });
});
