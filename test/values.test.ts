import { describe, expect, it } from 'vitest';
import { byteSize } from '../src/values.ts';

describe('a size', () => {
  it.each([
    ['1kB', 1_000],
    ['500kB', 500_000],
    ['500KB', 500_000],
    ['100MB', 100_000_000],
    ['1.5MB', 1_500_000],
    ['0.1GB', 100_000_000],
    ['2000B', 2_000],
    ['128MB', 128_000_000],
  ])('%s is %i bytes', (text, bytes) => {
    expect(byteSize.parse(text)).toBe(bytes);
  });

  it.each(['100', 'MB', '-1MB', '1 MB', '0MB', '999B', '1MiB', '1mb', '129MB', '1GB', '1e3kB', ''])(
    '%j is none',
    (text) => {
      expect(byteSize.parse(text)).toBeUndefined();
    },
  );
});
