import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guarded } from '../../src/sinks/guard.ts';

describe('the guard of cells', () => {
  it.each([
    // The four that begin a formula, and what spreadsheets skip before them.
    ['=1+1'],
    ['=cmd|"/c calc"!A0'],
    ['@SUM(A1)'],
    ['@x'],
    [' =1'],
    ['\t=1'],
    ['\r=1'],
    ['\n=1'],
    ['\r\n \u00a0=1'],
    ['\u200b=1'],
    ['\ufeff=1'],
    ['\u2060@x'],
    ['\u202e=1'],
    ['\u00ad=1'],
    ['\u3000=1'],
    ['\u3164=1'],
    ['\ufe0f=1'],
    ['\u2800=1'],
    ['\u001b=1'],
    ['\0=1'],
    // Full width.
    ['＝1'],
    ['＠x'],
    ['＋1'],
    ['－1+1'],
    // A sign before what is no number, date, phone number or list item.
    ['-1+1'],
    ['+1+1'],
    ['--'],
    ['--1'],
    ['-'],
    ['+'],
    ['-A1'],
    ['+cmd'],
    ['-(1)'],
    ['-1e'],
    ['-1%%'],
    ['-2+3+cmd|" /C calc"!A0'],
    ['+SUM(1,2)'],
    [' -x'],
    // List items that could call something.
    ['- item (x)'],
    ['+ a | b'],
    ['- a!b'],
    ['- one\n- two (2)'],
    ['－ item (x)'],
    ['－ item（x）'],
    ['- a！b'],
    // After what a spreadsheet may skip: tab, return, blank that does not break, marks of order and of nothing.
    ['\t\t@x'],
    ['\r\n=1'],
    ['\u00a0-1+1'],
    ['\u200b\u200d+SUM(1,2)'],
    ['\ufeff\u2066=1'],
    ['\u{e0041}=1'],
  ])('marks %j', (cell) => {
    expect(guarded(cell)).toBe(`'${cell}`);
  });

  it.each([
    [''],
    [' '],
    ['text'],
    ['1=1'],
    ['a@b.example'],
    ["'=1"],
    ['"=1"'],
    ['%0A=1'],
    ['%3D1'],
    ['(=1)'],
    ['a\n=1'],
    // Numbers.
    ['0'],
    ['-1'],
    ['+1'],
    ['-0.5'],
    ['-.5'],
    ['-5%'],
    ['-5 %'],
    ['1.2e3'],
    ['-1.2e3'],
    ['-1.2E-3'],
    ['-1,234.50'],
    ['-1.234,50'],
    ["-1'234.50"],
    ['-1 234'],
    ['-1\u202f234'],
    [' -7 '],
    // Dates and phone numbers.
    ['-2024-01-01'],
    ['+2024-01-01T10:00:00Z'],
    ['+47 123 45 678'],
    ['+1 (555) 010-9999'],
    ['+4712345678'],
    // List items.
    ['- item'],
    ['+ item'],
    ['- one\n- two'],
    ['- =1'],
    ['－ item'],
  ])('leaves %j as it is', (cell) => {
    expect(guarded(cell)).toBe(cell);
  });

  it('leaves every number as it is', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(guarded(String(number))).toBe(String(number));
        expect(guarded(number.toFixed(2))).toBe(number.toFixed(2));
      }),
    );
  });

  it('leaves nothing that begins with a sign of a formula, whatever is put before it', () => {
    const blank = fc.constantFrom(
      ' ',
      '\t',
      '\r',
      '\n',
      '\u00a0',
      '\u200b',
      '\u200f',
      '\ufeff',
      '\u2028',
      '\u3000',
    );
    fc.assert(
      fc.property(
        fc.array(blank),
        fc.constantFrom('=', '@', '＝', '＠'),
        fc.string(),
        (before, sign, after) => {
          expect(guarded(before.join('') + sign + after).startsWith("'")).toBe(true);
        },
      ),
    );
  });

  it('takes no longer for long cells', () => {
    for (const cell of [
      `-${'1 '.repeat(200_000)}x`,
      `+${'1'.repeat(400_000)}x`,
      `${' '.repeat(400_000)}-x`,
      `- ${'x'.repeat(400_000)}(`,
    ]) {
      expect(guarded(cell)).toBe(`'${cell}`);
    }
  });
});
