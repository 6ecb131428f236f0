import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { palette, visible, visibleLine } from '../../src/reports/terminal.ts';

/** Written by code point, so that this file itself holds none of them. */
const acting = [
  ...Array.from({ length: 0x20 }, (_, code) => code).filter((code) => code !== 0x09 && code !== 0x0a),
  ...Array.from({ length: 0x21 }, (_, place) => 0x7f + place),
  0xad,
  0x61c,
  0x180e,
  0x200b,
  0x200e,
  0x200f,
  0x2028,
  0x2029,
  0x202a,
  0x202b,
  0x202c,
  0x202d,
  0x202e,
  0x2060,
  0x2066,
  0x2067,
  0x2068,
  0x2069,
  0xd800,
  0xdbff,
  0xdc00,
  0xdfff,
  0xfeff,
  0xfff9,
  0xe0001,
  0xe0041,
  0xe007f,
];

describe('visible text', () => {
  it.each([
    ['ANSI colour', 'a\x1b[31mred\x1b[0m', 'a\\x1b[31mred\\x1b[0m'],
    [
      'OSC 8 link',
      '\x1b]8;;http://evil\x07click\x1b]8;;\x07',
      '\\x1b]8;;http://evil\\x07click\\x1b]8;;\\x07',
    ],
    ['C1 CSI', '\u009b2J', '\\x9b2J'],
    ['bidi override', 'user\u202etxt.exe', 'user\\u202etxt.exe'],
    ['NUL', 'a\0b', 'a\\x00b'],
    ['lone surrogate', 'a\ud83db', 'a\\ud83db'],
    ['smuggled tags', 'a\u{e0041}', 'a\\u{e0041}'],
    ['carriage return', 'safe\rrm', 'safe\\x0drm'],
  ])('shows a %s', (_, text, shown) => {
    expect(visible(text)).toBe(shown);
    expect(visibleLine(text)).toBe(shown);
  });

  it.each(acting)('shows the character %i, which a terminal obeys or hides', (codePoint) => {
    const character = String.fromCodePoint(codePoint);

    expect(visible(`a${character}b`)).toMatch(/^a\\(x[0-9a-f]{2}|u[0-9a-f]{4}|u\{[0-9a-f]+\})b$/);
  });

  it.each([
    'plain',
    'naïve',
    '日本語',
    'हिन्दी',
    'مرحبا',
    '👩‍👩‍👧‍👦',
    '🇳🇴',
    '❤️',
    'e\u0301',
    'می\u200cخواهم',
    'line\nand\ttab',
  ])('leaves %j as it is', (text) => {
    expect(visible(text)).toBe(text);
  });

  it('stands on one line where it must', () => {
    expect(visibleLine('one\ntwo\r\nthree\tfour')).toBe('one⏎two⏎three four');
    expect(visible('one\r\ntwo')).toBe('one\ntwo');
    expect(visibleLine('\n'.repeat(10_000))).toBe('⏎'.repeat(10_000));
  });

  it('shows marks that pile up on one letter', () => {
    const shown = visible(`a${'\u0301'.repeat(1_000)}`);

    expect(shown.match(/\u0301/g)?.length).toBe(8);
    expect(shown).toMatch(/(\\u0301){992}$/);
  });

  it('never holds what a terminal obeys, whatever came', () => {
    const anything = fc.string({
      unit: fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(...acting.map((code) => String.fromCodePoint(code))),
      ),
    });
    fc.assert(
      fc.property(anything, (text) => {
        expect(visible(text)).not.toMatch(
          /(?![\n\t])[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u,
        );
        expect(visibleLine(text)).not.toMatch(/[\n\t]/);
      }),
    );
  });
});

describe('colours', () => {
  it('change nothing without colour', () => {
    for (const paint of Object.values(palette(false))) expect(paint('text')).toBe('text');
  });

  it('end where they were begun', () => {
    const { bold, red } = palette(true);

    expect(bold(red('text'))).toBe('\x1b[1m\x1b[31mtext\x1b[39m\x1b[22m');
  });
});
