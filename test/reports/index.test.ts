import { describe, expect, it } from 'vitest';
import { renderers } from '../../src/reports/index.ts';
import { createSummary } from '../../src/reports/summary.ts';
import { madeBatch, madeRecord } from './made-records.ts';

const context = { width: 80, colour: false, files: [], next: [] };

describe.each(Object.entries(renderers))('the %s renderer', (_, render) => {
  it('tells the verdict and ends its last line', () => {
    const builder = createSummary();
    builder.add(madeRecord());
    const summary = builder.summarise({ batch: madeBatch(), planned: 1, stop: null, elapsedMs: 1_000 });

    const text = render(summary, context);

    expect(text).toContain('OK');
    expect(text).toMatch(/[^\n]\n$/);
  });
});
