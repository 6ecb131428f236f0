import { describe, expect, it } from 'vitest';
import { isOfAStart } from '../../src/results/files.ts';

describe('a file that a start may leave before there is a manifest', () => {
  it.each(['lock', 'lock.0123456789', 'lock.0123456789.new', 'dataset', 'server'])('is %s', (name) => {
    expect(isOfAStart(name)).toBe(true);
  });

  it.each(['batch.json', 'results.jsonl', 'notes.txt', 'datasets', 'clock'])('is not %s', (name) => {
    expect(isOfAStart(name)).toBe(false);
  });
});
