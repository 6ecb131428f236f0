import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { batchFiles, removeStart } from '../../src/results/files.ts';
import { takeLock } from '../../src/results/lock.ts';
import type { Runtime } from '../../src/runtime.ts';
import { emptyPlace, type Place } from '../sinks/place.ts';
import { manualRuntime } from '../support/manual-runtime.ts';

/** A start that came to nothing. */
async function refusedStart(place: Place, runtime?: Runtime) {
  await mkdir(place.at('out/server'), { recursive: true });
  for (const name of ['dataset', 'dataset.new', 'batch.json.new', 'server/state'])
    await writeFile(place.at(`out/${name}`), '');
  const files = batchFiles(place.at('out'));
  return { files, lock: await takeLock(files.lock, runtime) };
}

describe('a start that came to nothing', () => {
  it('takes away its directory with all that it made', async () => {
    await using place = await emptyPlace();
    const { files, lock } = await refusedStart(place);

    await removeStart(files, lock);

    expect(await readdir(place.path)).toEqual([]);
  });

  it('leaves alone what somebody else put there', async () => {
    await using place = await emptyPlace();
    const { files, lock } = await refusedStart(place);
    await writeFile(place.at('out/notes.txt'), 'precious');

    await removeStart(files, lock);

    expect(await readdir(place.at('out'))).toEqual(['notes.txt']);
  });

  it('leaves everything alone where another has taken its lock over', async () => {
    await using place = await emptyPlace();
    let now = 0;
    const { files, lock } = await refusedStart(place, { ...manualRuntime(), now: () => now });
    await rm(files.lock);
    await using _other = await takeLock(files.lock);

    now = 60_000; // it was stopped for a minute
    await removeStart(files, lock);

    expect((await readdir(place.at('out'))).length).toBe(5);
  });
});
