import { readFile, truncate } from 'node:fs/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intentKey, openIntents, readIntents } from '../../src/sinks/intents.ts';
import type { Intent } from '../../src/types.ts';
import { intentOf } from '../made-intent.ts';
import { emptyPlace } from './place.ts';

const made = (fields: Partial<Intent> = {}) => intentOf({ key: 'id:a', thread_id: 'th-1', ...fields });

const marks = ['made', 'sent', 'abandoned', 'closed', 'doubtful'] as const;

const anyIntent = fc
  .record({
    key: fc.constantFrom('id:a', 'id:b', 'thread:a', 'id:1 id:a', '__proto__'),
    trial: fc.integer({ min: 1, max: 2 }),
    mark: fc.constantFrom(...marks),
    generation: fc.nat({ max: 3 }),
  })
  .map(made);

async function written(path: string, intents: readonly Intent[]) {
  const log = await openIntents(path);
  await Promise.all(intents.map((intent) => log.note(intent)));
  await log.close();
}

describe('the intent log', () => {
  it('knows the last note of each job that is not closed', async () => {
    await using place = await emptyPlace();
    let n = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyIntent, { maxLength: 30 }), async (intents) => {
        n += 1;
        const path = place.at(`intents-${n}`);
        const counting = intents.filter(({ mark }) => mark !== 'doubtful');
        const last = new Map(counting.map((intent) => [`${intent.trial}\0${intent.key}`, intent]));
        const told: Intent[] = [];

        await written(path, intents);

        const open = await readIntents(path, { cutBytes: 0 }, (intent) => told.push(intent));
        expect(told).toEqual(intents);
        for (const [key, intent] of last)
          expect(open.get(key)).toEqual(intent.mark === 'closed' ? undefined : intent);
        expect(open.size).toBe([...last.values()].filter(({ mark }) => mark !== 'closed').length);
      }),
    );
  });

  it('has a note in the file by the time it says so', async () => {
    await using place = await emptyPlace();
    const log = await openIntents(place.at('intents'));

    await log.note(made({ mark: 'sent', turn: 2, attempt: 3 }));

    const text = await readFile(place.at('intents'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ key: 'id:a', mark: 'sent', turn: 2, attempt: 3 });
    await log.close();
  });

  it('is nothing where there is none', async () => {
    await using place = await emptyPlace();

    expect(await readIntents(place.at('none'), { cutBytes: 0 })).toEqual(new Map());
  });

  it('does not count a note that was cut, and goes on behind it', async () => {
    await using place = await emptyPlace();
    const path = place.at('intents');
    await written(path, [made(), made({ mark: 'closed' })]);
    await truncate(path, (await readFile(path)).length - 5);
    const read = { cutBytes: 0 };

    const open = await readIntents(path, read);
    await written(path, [made({ key: 'id:b' })]);

    expect([...open.keys()]).toEqual([intentKey('id:a', 1)]);
    expect(read.cutBytes).toBeGreaterThan(50);
    expect([...(await readIntents(path, { cutBytes: 0 })).keys()]).toEqual([
      intentKey('id:a', 1),
      intentKey('id:b', 1),
    ]);
  });
});
