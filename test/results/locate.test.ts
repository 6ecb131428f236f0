import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { batchName, newestBatch } from '../../src/results/locate.ts';
import { type Manifest, writeManifest } from '../../src/results/manifest.ts';
import { emptyPlace, type Place } from '../sinks/place.ts';
import { madeManifest } from './made-manifest.ts';

async function batchIn(place: Place, name: string, fields: Partial<Manifest>) {
  await mkdir(place.at(name), { recursive: true });
  await writeManifest(place.at(`${name}/batch.json`), madeManifest({ id: name, ...fields }));
}

describe('the name of a batch', () => {
  const date = new Date('2026-11-22T14:52:06.789Z');

  it.each([
    ['/data/support.csv', 'support-20261122T145206Z'],
    ['support.tar.JSONL.gz', 'support.tar-20261122T145206Z'],
    ['qa.ndjson', 'qa-20261122T145206Z'],
    ['no-extension', 'no-extension-20261122T145206Z'],
    ['naïve set.json', 'naïve set-20261122T145206Z'],
    ['-', 'stdin-20261122T145206Z'],
  ])('of %s is %s', (path, name) => {
    expect(batchName(path, date)).toBe(name);
  });

  it('leaves room in a file’s name, whatever the characters', () => {
    for (const character of ['x', 'ü', '語', '🎉']) {
      const name = batchName(`${character.repeat(60)}.csv`, date);

      expect(Buffer.byteLength(`${name}.old-20261122T145206Z`)).toBeLessThanOrEqual(255);
      expect(name.startsWith(character.repeat(50))).toBe(true);
      expect(Buffer.from(name).toString()).toBe(name);
    }
  });
});

describe('the newest batch', () => {
  const isUnfinished = ({ state }: Manifest) => state !== 'finished';

  it('is the one that started last, of those that are wanted', async () => {
    await using place = await emptyPlace();
    await batchIn(place, 'z-oldest', { started_at: '2026-11-20T00:00:00.000Z' });
    await batchIn(place, 'b-wanted', { started_at: '2026-11-22T00:00:00.000Z', state: 'running' });
    await batchIn(place, 'a-finished', { started_at: '2026-11-23T00:00:00.000Z', state: 'finished' });
    await batchIn(place, 'c-older', { started_at: '2026-11-21T00:00:00.000Z' });

    const found = await newestBatch(place.path, isUnfinished);

    expect(found?.manifest.id).toBe('b-wanted');
    expect(found?.directory).toBe(place.at('b-wanted'));
  });

  it('is none where none is wanted, and where there is no directory', async () => {
    await using place = await emptyPlace();
    await batchIn(place, 'finished', { state: 'finished' });

    expect(await newestBatch(place.path, isUnfinished)).toBeNull();
    expect(await newestBatch(place.at('none'), () => true)).toBeNull();
  });

  it('is never what only looks like a batch', async () => {
    await using place = await emptyPlace();
    await using elsewhere = await emptyPlace();
    await batchIn(place, 'good', {});
    const later = { started_at: '2027-01-01T00:00:00.000Z' };
    await batchIn(elsewhere, 'linked', later);
    await symlink(elsewhere.at('linked'), place.at('linked'));
    await writeFile(place.at('file'), '');
    for (const name of ['empty', 'broken', 'foreign', 'newer', 'directory']) await mkdir(place.at(name));
    await writeFile(place.at('broken/batch.json'), '{"format":1,');
    await writeFile(place.at('foreign/batch.json'), '{"job":"batch"}');
    await writeFile(place.at('newer/batch.json'), JSON.stringify({ ...madeManifest(later), format: 2 }));
    await mkdir(place.at('directory/batch.json'));

    const found = await newestBatch(place.path, () => true);

    expect(found?.manifest.id).toBe('good');
  });
});
