import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFault } from '../../src/readers/json-fault.ts';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const tokens = fc.constantFrom(
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '"a"',
    '\\',
    'null',
    'true',
    '0',
    '-',
    '1.5',
    '1e5',
    '.',
    ' ',
    '\n',
    '\t',
    'x',
  ],
);

describe('jsonFault', () => {
  it('finds a fault where JSON.parse does, and nowhere else', () => {
    fc.assert(
      fc.property(fc.string({ unit: tokens, maxLength: 12 }), (text) => {
        expect(jsonFault(text) === null).toBe(isJson(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it('finds none in JSON, and where one character is put in or left out one if JSON.parse does', () => {
    const edited = fc.record({ value: fc.json(), at: fc.nat(50), put: fc.oneof(fc.constant(''), tokens) });
    fc.assert(
      fc.property(edited, ({ value, at, put }) => {
        const text = value.slice(0, at) + put + value.slice(at + 1);

        expect(jsonFault(value)).toBeNull();
        expect(jsonFault(text) === null).toBe(isJson(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('finds the first character that cannot be: the text before it is at most cut off', () => {
    fc.assert(
      fc.property(fc.string({ unit: tokens, maxLength: 12 }), (text) => {
        const fault = jsonFault(text);

        const before = fault === null ? null : jsonFault(text.slice(0, fault.at));

        expect(before?.problem ?? 'saw the end').toMatch(/saw the end$/);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['', 0, 'expected a value, saw the end'],
    ['nope', 0, 'expected a value, saw "nope"'],
    ['[1 2]', 3, 'expected "," or "]", saw "2"'],
    ['[1,]', 3, 'expected a value, saw "]"'],
    ['{"a":1,}', 7, 'expected a name in double quotes, saw "}"'],
    ['{"a" 1}', 5, 'expected ":", saw "1"'],
    ['{a:1}', 1, 'expected a name in double quotes or "}", saw "a"'],
    ['{"a":"b}', 5, 'expected the text opened here to be closed by a quote, saw the end'],
    ['["\\x"]', 2, 'expected an escape such as \\n or \\u00e9, saw \\x'],
    ['[01]', 1, 'expected a value or "]", saw "01"'],
    ['{"a":1}"', 7, 'expected nothing more, saw a double quote'],
  ])('tells what is wrong with %s', (text, at, problem) => {
    expect(jsonFault(text)).toEqual({ at, problem });
  });
});
