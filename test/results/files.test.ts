import { describe, expect, it } from 'vitest';
import { areOfAStart, isOfAStart } from '../../src/results/files.ts';

describe('a file that a start may leave before there is a manifest', () => {
  it.each([
    'lock',
    'lock.0123456789',
    'lock.0123456789.new',
    'batch.json.new',
    'dataset',
    'dataset.new',
    'server',
  ])('is %s', (name) => {
    expect(isOfAStart(name)).toBe(true);
  });

  it.each(['batch.json', 'results.jsonl', 'notes.txt', 'datasets', 'clock'])('is not %s', (name) => {
    expect(isOfAStart(name)).toBe(false);
  });
});

describe('what lies in a directory without a manifest', () => {
  it.each([
    ['of a start that was killed', ['lock', 'server'], true],
    ['of one that was killed before it had the lock', ['lock.0123456789.new'], true],
    ['somebody else’s', ['server'], false],
    ['somebody else’s beside a lock', ['lock', 'notes.txt'], false],
    ['nobody’s', [], false],
  ])('is %s', (_, names, expected) => {
    expect(areOfAStart(names)).toBe(expected);
  });
});
