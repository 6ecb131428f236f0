import { describe, expect, it } from 'vitest';
import { reportFormats } from '../../src/reports/index.ts';
import { reportContract } from '../contracts/report.ts';

describe.each(reportFormats)('the %s report', (format) => reportContract(format));

describe('the formats', () => {
  it('are these', () => {
    expect(reportFormats).toEqual(expect.arrayContaining(['text', 'json', 'markdown', 'junit']));
  });
});
