import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import {
  differences,
  type Identity,
  readManifest,
  sameSelection,
  writeManifest,
} from '../../src/results/manifest.ts';
import { emptyPlace } from '../sinks/place.ts';
import { madeManifest } from './made-manifest.ts';

describe('the manifest', () => {
  it('is read as it was written', async () => {
    await using place = await emptyPlace();
    const manifest = madeManifest({ settings: { '--concurrency': 10 } });

    await writeManifest(place.at('batch.json'), manifest);

    expect(await readManifest(place.at('batch.json'))).toEqual(manifest);
    expect(
      (await readFile(place.at('batch.json'), 'utf8')).startsWith('{\n  "format": 1,\n  "id": "b-1",'),
    ).toBe(true);
  });

  it('is none where there is no file, or no directory', async () => {
    await using place = await emptyPlace();
    await writeFile(place.at('file'), '');

    expect(await readManifest(place.at('batch.json'))).toBeNull();
    expect(await readManifest(place.at('none/batch.json'))).toBeNull();
    expect(await readManifest(place.at('file/batch.json'))).toBeNull();
  });

  it.each<[string, string, RegExp]>([
    [
      'is cut short',
      '{"format":1,"id":"b',
      /: expected the manifest of a batch, Unterminated string in JSON/,
    ],
    ['is empty', '', /: expected the manifest of a batch, Unexpected end of JSON input$/],
    [
      'is null',
      'null',
      /: expected the manifest of a batch, saw no good "id" in it: is it another program's\?$/,
    ],
    ['is a list', '[]', /saw no good "id" in it/],
    ['is another program’s', '{"name":"job","version":3}', /saw no good "id" in it/],
    ['has no format', JSON.stringify({ ...madeManifest(), format: undefined }), /saw no good "format" in it/],
    [
      'lacks what is needed',
      JSON.stringify({ ...madeManifest(), identity: { url: 'x' } }),
      /saw no good "identity.agent"/,
    ],
    [
      'has null where more is needed',
      JSON.stringify({ ...madeManifest(), starts: null }),
      /saw no good "starts"/,
    ],
    [
      'is of a newer format',
      '{"format":2,"whatever":true}',
      /: this batch has format 2, made by a newer threadmill; this one reads format 1: update threadmill$/,
    ],
  ])('is refused where it %s', async (_, text, message) => {
    await using place = await emptyPlace();
    await writeFile(place.at('batch.json'), text);

    const reading = readManifest(place.at('batch.json'));

    await expect(reading).rejects.toThrow(ConfigError);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toThrow(place.at('batch.json'));
  });

  it('is refused where it cannot be read', async () => {
    await using place = await emptyPlace();
    await mkdir(place.at('batch.json'));

    await expect(readManifest(place.at('batch.json'))).rejects.toThrow(
      /batch.json: expected the manifest.*EISDIR/,
    );
  });
});

describe('the differences between two identities', () => {
  const { identity } = madeManifest();
  const against = (fields: Partial<Identity>) => differences(identity, { ...identity, ...fields });

  it('are none where both say the same, in whatever order', () => {
    expect(
      against({
        inputs: { '--skip-bad-rows': false, '--body': { config: { b: 2, a: 1 } }, '--template': null },
      }),
    ).toEqual([]);
    expect(against({ inputs: { '--body': { config: { a: 1, b: 2 } }, '--skip-bad-rows': false } })).toEqual(
      [],
    );
  });

  it('are each named, with both values', () => {
    const all = against({
      url: 'https://b.example',
      agent: 'other',
      mode: 'stateless',
      delivery: 'at-most-once',
      inputs: { '--template': 'Say: {{x}}', '--body': null, '--skip-bad-rows': true, '--encoding': 'latin1' },
    });

    expect(all).toEqual([
      '--url: the batch has "http://127.0.0.1:2024", this command has "https://b.example"',
      '--agent: the batch has "agent", this command has "other"',
      '--mode: the batch has "threaded", this command has "stateless"',
      '--delivery: the batch has "exactly-once", this command has "at-most-once"',
      '--template: the batch has none, this command has "Say: {{x}}"',
      '--body: the batch has {"config":{"a":1,"b":2}}, this command has none',
      '--skip-bad-rows: the batch has none, this command has true',
      '--encoding: the batch has none, this command has "latin1"',
    ]);
  });

  it('show the beginning of what is long', () => {
    const [difference] = against({ agent: 'x'.repeat(10_000) });

    expect(difference?.length).toBeLessThan(300);
    expect(difference?.endsWith('x…')).toBe(true);
  });
});

describe('two selections', () => {
  const { selection } = madeManifest();

  it('are the same where all they choose by is', () => {
    expect(sameSelection(selection, { ...selection })).toBe(true);
    expect(sameSelection({ ...selection, ids: ['a'] }, { ...selection, ids: ['a'] })).toBe(true);
  });

  it.each([{ limit: 1 }, { offset: 1 }, { sample: 5 }, { seed: 1 }, { ids: ['a'] }, { repeat: 2 }])(
    'differ by %j',
    (fields) => {
      expect(sameSelection(selection, { ...selection, ...fields })).toBe(false);
    },
  );
});
