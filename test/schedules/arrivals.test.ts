import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { directoryNames, sortFiles } from '../../src/schedules/arrivals.ts';
import type { ArrivedFile } from '../../src/schedules/state.ts';

const now = Date.UTC(2026, 10, 28);
const modified = new Date(now - 60_000).toISOString();
const seen = (path: string, changes: object = {}) => ({
  path,
  size: 3,
  modified,
  changedMs: now - 60_000,
  ...changes,
});
const arrived = (path: string, changes: object = {}): ArrivedFile => ({
  ...{ path, size: 3, modified, sha256: 'abc', directory: `x/${path}`, is_done: true },
  ...changes,
});

describe('files that arrive', () => {
  it('are taken once nobody has touched them for ten seconds', () => {
    const files = [
      seen('a.csv'),
      seen('b.csv', { changedMs: now - 9_999 }),
      seen('c.csv', { changedMs: now + 5_000 }),
    ];

    const { unknown, unsettled } = sortFiles(files, [], now);

    expect(unknown.map(({ path }) => path)).toEqual(['a.csv']);
    expect(unsettled.map(({ path }) => path)).toEqual(['b.csv', 'c.csv']);
  });

  it('are not looked into again where path, size and time are known', () => {
    const known = [arrived('a.csv'), arrived('b.csv', { is_done: false }), arrived('c.csv', { size: 4 })];

    const { begun, unknown } = sortFiles([seen('a.csv'), seen('b.csv'), seen('c.csv')], known, now);

    expect(begun.map(({ path }) => path)).toEqual(['b.csv']);
    expect(unknown.map(({ path }) => path)).toEqual(['c.csv']);
  });

  it.each(['in/.a.csv', 'in/a.csv.part', 'in/a.TMP', 'in/a.csv~', 'in/.a.csv.swp'])(
    'are never %s',
    (path) => {
      const { unknown, unsettled } = sortFiles([seen(path)], [], now);

      expect([...unknown, ...unsettled]).toEqual([]);
    },
  );

  it('each have a directory of their own, under a name that is good anywhere', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom('a.csv', 'A.csv', '-rf', '..', 'a\nb', 'æ'.repeat(300), 'con/aux', ' '),
    );

    fc.assert(
      fc.property(fc.array(name, { maxLength: 12 }), (names) => {
        const directories = directoryNames(names.map((one, at) => `in/${at}/${one}`));

        expect(new Set(directories.map((one) => one.toLowerCase())).size).toBe(names.length);
        for (const directory of directories) {
          expect(directory).toMatch(/^[^./\\\p{C}-][^/\\\p{C}]*$/u);
          expect(Buffer.byteLength(directory)).toBeLessThanOrEqual(210);
        }
      }),
    );
  });
});
