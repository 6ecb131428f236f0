/** What every report keeps to, whatever strangers wrote. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { renderReport } from '../../src/reports/index.ts';
import { createSummary } from '../../src/reports/summary.ts';
import type { Summary } from '../../src/summary-types.ts';
import type { JobRecord } from '../../src/types.ts';
import { madeBatch, madeRecord } from '../reports/made-records.ts';
import { hostileText, inTurn, madeSummary, madeTurns, type NextText, tame } from '../reports/made-summary.ts';

export async function reportText(
  format: string,
  summary: Summary,
  records: readonly JobRecord[],
): Promise<string> {
  let text = '';
  const read = async function* () {
    yield* records;
  };
  for await (const piece of renderReport(format, {
    summary,
    records: read,
    context: { width: 80, colour: false, files: [], next: [] },
  }))
    text += piece;
  return text;
}

export const madeReport = (format: string, text: NextText): Promise<string> => {
  const records = madeTurns(text);
  return reportText(format, madeSummary(records, text), records);
};

/** Controls, marks that turn text around, tags, halves of pairs: what acts instead of being seen. */
const acting = /(?![\n\t])[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/u;

export function reportContract(format: string): void {
  it('tells the verdict, and ends its last line', async () => {
    const text = await madeReport(format, tame);

    expect(text).toContain('FAILED');
    expect(text).toMatch(/[^\n]\n$/);
  });

  it('shows what strangers wrote and obeys none of it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileText, { minLength: 1, maxLength: 40 }), async (texts) => {
        const text = await madeReport(format, inTurn(texts));

        expect(text).not.toMatch(acting);
      }),
      { numRuns: 30 },
    );
  });

  it('is there for a batch without a turn', async () => {
    const summary = createSummary().summarise({ batch: madeBatch(), planned: 0, stop: null, elapsedMs: 0 });

    expect(await reportText(format, summary, [])).toMatch(/[^\n]\n$/);
  });

  it('takes texts of a megabyte', async () => {
    const long = 'so long a text, '.repeat(65_536);
    const record = madeRecord({
      id: long,
      input: long,
      response: long,
      scores: { exact: { value: 0, reason: long } },
    });
    const builder = createSummary();
    builder.add(record);
    const summary = builder.summarise({ batch: madeBatch(), planned: 1, stop: null, elapsedMs: 1 });

    const text = await reportText(format, summary, [record]);

    expect(text.length).toBeLessThan(20_000);
  });

  it('is the same again', async () => {
    expect(await madeReport(format, tame)).toBe(await madeReport(format, tame));
  });
}
