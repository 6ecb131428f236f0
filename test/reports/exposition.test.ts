import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Family } from '../../src/metric-types.ts';
import { exposition } from '../../src/reports/exposition.ts';
import { readExposition } from '../support/exposition-reader.ts';

const gauge = (samples: Family['samples'], help = 'One line.'): Family => ({
  name: 'some_seconds',
  type: 'gauge',
  help,
  samples,
});
const labelsRead = (values: readonly string[]) => {
  const samples = values.map((scorer) => ({ labels: { scorer }, value: 1 }));
  const family = readExposition(exposition([gauge(samples)])).get('some_seconds');
  return family?.samples.map(({ labels }) => labels['scorer']);
};

describe('exposition', () => {
  it('is what the format says, line by line', () => {
    const text = exposition([
      gauge([
        { labels: {}, value: 0.25 },
        { labels: { agent: 'a', outcome: 'success' }, value: 1e21 },
      ]),
      { name: 'some_total', type: 'counter', help: 'A \\ and\na line.', samples: [{ labels: {}, value: 3 }] },
    ]);

    expect(text).toBe(
      [
        '# HELP some_seconds One line.',
        '# TYPE some_seconds gauge',
        'some_seconds 0.25',
        'some_seconds{agent="a",outcome="success"} 1e+21',
        '# HELP some_total A \\\\ and\\na line.',
        '# TYPE some_total counter',
        'some_total 3',
        '',
      ].join('\n'),
    );
  });

  it.each([
    ['quotes', 'say "hi"'],
    ['a backslash before a quote', 'C:\\"'],
    ['a backslash before an n', 'C:\\new'],
    ['lines', 'two\nlines'],
    ['braces and commas', '},x="1"} 2'],
    ['other scripts', 'blåbær 猫 💩'],
  ])('keeps %s in a label', (_, value) => {
    expect(labelsRead([value])).toEqual([value]);
  });

  it('is read back whatever the labels hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), fc.double(), (values, value) => {
        const samples = values.map((scorer) => ({ labels: { scorer }, value }));

        const read = readExposition(exposition([gauge(samples)])).get('some_seconds');

        expect(read?.samples.length ?? 0).toBeLessThanOrEqual(values.length);
        for (const sample of read?.samples ?? []) expect(sample.value).toEqual(value + 0);
      }),
    );
  });

  it('tells two texts apart that are too long for a label', () => {
    const long = 'x'.repeat(1_000_000);

    const read = labelsRead([`${long}a`, `${long}b`]) ?? [];

    expect(new Set(read).size).toBe(2);
    expect(read.map((value) => value?.length)).toEqual([120, 120]);
  });

  it('gives one of two samples with the same labels: the first', () => {
    const samples = [1, 2].map((value) => ({ labels: { gate: 'mean(exact) >= 0.9' }, value }));

    const read = readExposition(exposition([gauge(samples)]));

    expect(read.get('some_seconds')?.samples.map(({ value }) => value)).toEqual([1]);
  });

  it('leaves out what is not known', () => {
    expect(exposition([gauge([{ labels: {}, value: null }])])).toBe('');
  });
});
