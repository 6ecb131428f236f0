/** What every scorer keeps to, whatever the answer and the expectation. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Scorer } from '../../src/contracts.ts';
import { scoreSafely } from '../../src/scorers/index.ts';
import type { Json } from '../../src/types.ts';
import { madeRecord } from '../reports/made-records.ts';

const anyJson = fc.jsonValue() as fc.Arbitrary<Json>;
const anyAnswer = fc.oneof(fc.string(), fc.json(), fc.double().map(String), fc.constant(null));
const anyRecord = fc.record({
  response: anyAnswer,
  expected: fc.oneof(anyJson, fc.string()),
  messages: fc.array(anyJson),
  input: anyJson,
  latency_ms: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
});

export function scorerContract(create: () => Scorer): void {
  it('gives 0 to 1, or null, and says why it is not 1', async () => {
    const scorer = create();

    await fc.assert(
      fc.asyncProperty(anyRecord, async (fields) => {
        const { value, reason } = await scorer.score(madeRecord(fields));

        expect(value === null || (value >= 0 && value <= 1)).toBe(true);
        if (value !== 1) expect(reason).toMatch(/./);
        if (reason !== null) expect(reason.length).toBeLessThan(5_000);
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same for the same turn, also after others', async () => {
    const [one, other] = [create(), create()];

    await fc.assert(
      fc.asyncProperty(anyRecord, async (fields) => {
        const first = await one.score(madeRecord(fields));

        expect(await other.score(madeRecord(fields))).toEqual(first);
        expect(await one.score(madeRecord(fields))).toEqual(first);
      }),
      { numRuns: 60 },
    );
  });

  it('scores nothing with a fault in its expectation', async () => {
    const scorer = create();

    await fc.assert(
      fc.asyncProperty(anyRecord, async (fields) => {
        const record = madeRecord(fields);
        const { value } = await scoreSafely(scorer, record);

        if ((scorer.fault?.(record) ?? null) !== null) expect(value).toBeNull();
      }),
      { numRuns: 60 },
    );
  });

  it.for(['error', 'interrupted', 'skipped'] as const)('scores no turn that ended in %s', async (outcome) => {
    const record = madeRecord({ outcome, expected: '4', response: null });

    const score = await scoreSafely(create(), record);

    expect(score.value).toBeNull();
    expect(score.reason).toContain(outcome);
  });

  it.for([null, '', ' \n'])(
    'does not take an empty expectation (%j) for an empty answer',
    async (expected) => {
      const scorer = create();
      const score = await scoreSafely(scorer, madeRecord({ expected, response: '' }));

      if (scorer.needsExpected) expect(score).toEqual({ value: null, reason: 'the example expects nothing' });
    },
  );
}
