import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sink } from '../../src/contracts.ts';
import { SinkError } from '../../src/errors.ts';
import type { JobRecord } from '../../src/types.ts';
import { madeRecord } from '../reports/made-records.ts';

/** A place for records that a test has to itself. */
export interface SinkUnderTest extends AsyncDisposable {
  /** Opens the sink, also a second time once it was closed. */
  open(): Promise<Sink>;
  /** What it holds, by other means than the sink's own. */
  records(): Promise<JobRecord[]>;
}

const anyRecord = fc
  .record({
    id: fc.string({ unit: 'binary', minLength: 1 }),
    index: fc.nat({ max: 5_000_000 }),
    trial: fc.integer({ min: 1, max: 100 }),
    turn: fc.option(fc.integer({ min: 1, max: 100 })),
    response: fc.option(fc.string({ unit: 'binary' })),
    input: fc.jsonValue({ noUnicodeString: false }),
    metadata: fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()),
  })
  // JSON knows no -0.
  .map((fields) => madeRecord(JSON.parse(JSON.stringify(fields))));

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => madeRecord({ id: `r${index}`, index }));

/** What every sink owes. */
export function describeSink(name: string, open: () => Promise<SinkUnderTest>): void {
  describe(`the ${name} sink`, () => {
    it('gives back every record as it was, in the order of writing', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyRecord, { maxLength: 10 }), async (given) => {
          await using place = await open();
          const sink = await place.open();
          for (const record of given) await sink.write(record);
          await sink.close();

          expect(await place.records()).toEqual(given);
        }),
        { numRuns: 25 },
      );
    });

    it('holds a record by the time it says so', async () => {
      await using place = await open();
      const sink = await place.open();

      for (const [at, record] of numbered(5).entries()) {
        await sink.write(record);

        expect(await place.records()).toHaveLength(at + 1);
      }
      await sink.close();
    });

    it('takes records of many jobs at once, and keeps them in the order they came', async () => {
      await using place = await open();
      const sink = await place.open();
      const given = numbered(500);

      await Promise.all(given.map((record) => sink.write(record)));
      await sink.close();

      expect(await place.records()).toEqual(given);
    });

    it('holds what was written and not yet waited for, once it is closed', async () => {
      await using place = await open();
      const sink = await place.open();
      const writing = Promise.all(numbered(50).map((record) => sink.write(record)));

      await sink.close();

      await writing;
      expect(await place.records()).toHaveLength(50);
    });

    it('goes on behind what it holds', async () => {
      await using place = await open();
      const first = await place.open();
      await first.write(madeRecord({ id: 'before' }));
      await first.close();
      const again = await place.open();
      await again.write(madeRecord({ id: 'after' }));
      await again.close();

      expect((await place.records()).map(({ id }) => id)).toEqual(['before', 'after']);
    });

    it('takes a record of 20 MB', async () => {
      await using place = await open();
      const sink = await place.open();
      const response = 'a long story, '.repeat(1_500_000);
      await Promise.all([sink.write(madeRecord({ response })), sink.write(madeRecord({ id: 'next' }))]);
      await sink.close();

      const records = await place.records();
      expect(records.map(({ response }) => response?.length)).toEqual([21_000_000, 1]);
    });

    it('refuses a record once it is closed', async () => {
      await using place = await open();
      const sink = await place.open();
      await sink.close();

      await expect(sink.write(madeRecord())).rejects.toThrow(SinkError);
      expect(await place.records()).toEqual([]);
    });
  });
}
