import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clip, columnsOf, fill, wrap } from '../../src/reports/width.ts';

describe('columns', () => {
  it.each([
    ['', 0],
    ['plain', 5],
    ['naïve', 5],
    ['e\u0301', 1], // a letter and its mark
    ['日本語', 6],
    ['한국어', 6],
    ['\u1112\u1161\u11ab', 2], // one Korean syllable in its parts
    ['ｆｕｌｌ', 8],
    ['ﾊﾝ', 2], // half-width katakana
    ['😀', 2],
    ['❤️', 2], // a text character in emoji style
    ['→…⏎█', 4], // ambiguous or neutral: one each
    ['مرحبا', 5],
  ])('of %j are %i', (text, columns) => {
    expect(columnsOf(text)).toBe(columns);
  });

  it.each(['👩‍👩‍👧‍👦', '🇳🇴', '👍🏽', '1️⃣'])(
    'of %s, which some terminals take apart, are at least two',
    (text) => {
      expect(columnsOf(text)).toBeGreaterThanOrEqual(2);
    },
  );
});

describe('a clipped line', () => {
  it.each([
    ['fits', 4, 'fits'],
    ['does not', 5, 'does…'],
    ['日本語', 6, '日本語'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    ['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
    ['a👩‍👩‍👧b', 3, 'a…'],
    ['anything', 1, '…'],
    ['anything', 0, ''],
    ['anything', -3, ''],
  ])('of %j in %i columns is %j', (text, columns, clipped) => {
    expect(clip(text, columns)).toBe(clipped);
  });

  it('is never wider than asked, and says so where it was cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 30 }), (text, columns) => {
        const clipped = clip(text, columns);

        expect(columnsOf(clipped)).toBeLessThanOrEqual(columns);
        expect(clipped === text || clipped.endsWith('…')).toBe(true);
      }),
    );
  });

  it('is short even of a megabyte that takes no column or is one character', () => {
    for (const huge of ['\u0301'.repeat(1e6), '\u1100'.repeat(1e6), '👩‍'.repeat(3e5), 'x'.repeat(1e6)]) {
      expect(clip(`a${huge}`, 20).length).toBeLessThanOrEqual(20 * 32 + 1);
    }
  });
});

describe('a wrapped paragraph', () => {
  it('breaks at blanks, and keeps every word', () => {
    expect(wrap('the  quick brown\n fox jumps', 10)).toEqual(['the quick', 'brown fox', 'jumps']);
    expect(wrap('   ', 10)).toEqual([]);
  });

  it('breaks a word that is too long, by characters', () => {
    expect(wrap('a abcdefghij b', 4)).toEqual(['a', 'abcd', 'efgh', 'ij b']);
    expect(wrap('日本語日本語', 5)).toEqual(['日本', '語日', '本語']);
  });

  it('leaves a URL whole and alone', () => {
    const url = 'https://example.com/a/long/path?query=1';

    expect(wrap(`open ${url} now`, 12)).toEqual(['open', url, 'now']);
  });

  it('is never wider than asked and loses nothing but blanks', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 40 }), (text, columns) => {
        const lines = wrap(text, columns);

        for (const line of lines)
          expect(columnsOf(line)).toBeLessThanOrEqual(Math.max(columns, widestOf(text)));
        expect(lines.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
      }),
    );
  });

  it('breaks between characters only, however long the word', () => {
    const family = '👩\u200d👧';

    for (const line of wrap(family.repeat(2_000), 22)) expect(line.replaceAll(family, '')).toBe('');
  });

  it('breaks no pair even of a character that never ends', () => {
    for (const line of wrap('👨🏽\u200d'.repeat(2_000), 21)) expect(line).not.toMatch(/\p{Cs}/u);
  });

  it('keeps pieces that hold blanks together', () => {
    expect(fill(['p50 12 ms,', 'p90 14 ms,', 'max 15 ms'], 22)).toEqual([
      'p50 12 ms, p90 14 ms,',
      'max 15 ms',
    ]);
  });

  it('breaks a megabyte without a blank, in time that grows as its length', () => {
    // By the square of the length this would take many minutes.
    expect(wrap('日本'.repeat(250_000), 60).length).toBe(Math.ceil(500_000 / 30));
    expect(wrap('x'.repeat(1_000_000), 60).length).toBe(Math.ceil(1_000_000 / 60));
  });
});

/** One character may itself be wider than a very narrow line. */
function widestOf(text: string): number {
  const segments = new Intl.Segmenter('en').segment(text);
  return Math.max(0, ...Array.from(segments, ({ segment }) => columnsOf(segment)));
}
