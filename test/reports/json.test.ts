import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderJson } from '../../src/reports/json.ts';
import { createSummary } from '../../src/reports/summary.ts';
import { madeBatch, madeRecord } from './made-records.ts';

function summaryWithResponse(response: string) {
  const builder = createSummary();
  builder.add(madeRecord({ response }));
  return builder.summarise({ batch: madeBatch(), planned: 1, stop: null, elapsedMs: 1_000 });
}

describe('the JSON report', () => {
  it('is the summary, indented, with a newline at its end', () => {
    const summary = summaryWithResponse('4');

    expect(renderJson(summary)).toBe(`${JSON.stringify(summary, null, 2)}\n`);
  });

  it('escapes what a terminal would obey or hide, and reads back the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (response) => {
        const summary = summaryWithResponse(`\x1b[31m\x7f\u009b\u202e\u2028\ud800\u{e0041}\n\t"${response}`);

        const text = renderJson(summary);

        expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cs}\u2028-\u202e\u{e0000}-\u{e007f}]/u);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(summary)));
      }),
    );
  });
});
