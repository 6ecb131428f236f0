import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSummary } from '../../src/reports/summary.ts';
import { historyOf, readHistory } from '../../src/results/history.ts';
import { type Manifest, writeManifest } from '../../src/results/manifest.ts';
import type { Summary } from '../../src/summary-types.ts';
import { madeBatch, madeRecord, madeTrouble } from '../reports/made-records.ts';
import { emptyPlace, type Place } from '../sinks/place.ts';
import { madeManifest } from './made-manifest.ts';

function madeSummary(): Summary {
  const builder = createSummary();
  builder.add(
    madeRecord({ id: 'a', latency_ms: 100, usage: { input_tokens: 4, output_tokens: 5, total_tokens: 9 } }),
  );
  builder.add(madeTrouble('error', 'b'));
  return builder.summarise({ batch: madeBatch({ state: 'finished' }), planned: 2, stop: null, elapsedMs: 1 });
}

async function batchIn(
  place: Place,
  name: string,
  fields: Partial<Manifest> & { readonly started_at: string },
  summary: Summary | string | null = madeSummary(),
) {
  const directory = join(place.path, name);
  await mkdir(directory, { recursive: true });
  await writeManifest(
    join(directory, 'batch.json'),
    madeManifest({ id: name, state: 'finished', ...fields }),
  );
  if (summary === null) return;
  const text = typeof summary === 'string' ? summary : JSON.stringify(summary);
  await writeFile(join(directory, 'summary.json'), text);
}

const at = (day: number) => ({ started_at: `2026-11-${day}T03:00:00.000Z` });

describe('readHistory', () => {
  it('has a row for each batch, the newest first, of its summary', async () => {
    await using place = await emptyPlace();
    await batchIn(place, 'b-oldest', at(20));
    await batchIn(place, 'a-newest', at(22));
    await batchIn(place, 'c-middle', at(21));
    await mkdir(join(place.path, 'no-batch'));

    const rows = await readHistory(place.path);

    expect(rows.map(({ id }) => id)).toEqual(['a-newest', 'c-middle', 'b-oldest']);
    expect(rows[0]).toMatchObject({
      directory: join(place.path, 'a-newest'),
      ...at(22),
      state: 'finished',
      agent_version: '1',
      verdict: 'FAILED',
      exit_code: 1,
      counts: { success: 1, error: 1 },
      error_rate: 0.5,
      latency_p50_ms: expect.closeTo(100, 0),
      total_tokens: 9,
      drift: null,
      fault: null,
    });
  });

  it.for([
    ['is cut off', '{"format":1,"verdict"', 'expected the summary of a batch'],
    ['is another thing', '{"format":1,"verdict":{},"counts":[]}', 'expected the summary of a batch'],
    ['is empty', '', 'expected the summary of a batch'],
  ] as const)('tells a summary that %s, and stops at none', async ([, text, fault]) => {
    await using place = await emptyPlace();
    await batchIn(place, 'good', at(20));
    await batchIn(place, 'bad', at(21), text);

    const [bad, good] = await readHistory(place.path);

    expect(bad).toMatchObject({ id: 'bad', verdict: null, fault: expect.stringContaining(fault) });
    expect(good?.fault).toBeNull();
  });

  it('knows nothing of a batch that has not ended, whatever an earlier start left', async () => {
    await using place = await emptyPlace();
    await batchIn(place, 'killed', { ...at(21), state: 'running' });
    await batchIn(place, 'begun', { ...at(20), state: 'running' }, null);

    const rows = await readHistory(place.path);

    expect(rows.map(({ verdict, state, fault }) => [verdict, state, fault])).toEqual([
      [null, 'running', null],
      [null, 'running', null],
    ]);
  });

  it('is empty where there is no directory', async () => {
    await using place = await emptyPlace();

    expect(await readHistory(join(place.path, 'none'))).toEqual([]);
  });
});

describe('historyOf', () => {
  it('tells wanted batches alone', async () => {
    await using place = await emptyPlace();
    await batchIn(place, 'other', at(21), 'damaged');
    await batchIn(place, 'wanted', at(20));

    const ids: string[] = [];
    for await (const { id } of historyOf(place.path, ({ id }) => id === 'wanted')) ids.push(id);

    expect(ids).toEqual(['wanted']);
  });
});
