import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Assertion, parseAssertion } from '../../src/scorers/assertion.ts';
import { assertionSet } from '../../src/scorers/assertion-set.ts';
import { assertionTypes, unsupportedTypes } from '../../src/scorers/assertion-types.ts';
import { commaValues } from '../../src/scorers/comma-values.ts';

const isNegated = false;

function assertionIn(cell: string): Assertion | string {
  const parsed = parseAssertion(cell);
  return 'fault' in parsed ? parsed.fault : parsed.assertion;
}

function doubtIn(cell: string): string | null {
  const parsed = parseAssertion(cell);
  return 'fault' in parsed ? parsed.fault : parsed.doubt;
}

describe('an assertion', () => {
  it.for<readonly [cell: string, assertion: Assertion]>([
    ['Paris', { type: 'equals', value: 'Paris', isNegated }],
    ['equals: 4', { type: 'equals', value: '4', isNegated }],
    ['not-equals:4', { type: 'equals', value: '4', isNegated: true }],
    ['equals:', { type: 'equals', value: '', isNegated }],
    [' contains: Paris \n', { type: 'contains', value: 'Paris', isNegated }],
    ['contains:a:b', { type: 'contains', value: 'a:b', isNegated }],
    ['icontains:PARIS', { type: 'icontains', value: 'PARIS', isNegated }],
    ['starts-with: Yes', { type: 'starts-with', value: 'Yes', isNegated }],
    ['regex:^\\d+$', { type: 'regex', value: '^\\d+$', isNegated }],
    ['regex:/a/i', { type: 'regex', value: '/a/i', isNegated }], // promptfoo knows no flags
    ['contains-all:a, b ,c', { type: 'contains-all', values: ['a', 'b', 'c'], isNegated }],
    ['icontains-any: a,,b', { type: 'icontains-any', values: ['a', 'b'], isNegated }],
    [
      'not-contains-any:"1,000", in stock',
      { type: 'contains-any', values: ['1,000', 'in stock'], isNegated: true },
    ],
    ['is-json', { type: 'is-json', isNegated }],
    ['is-json:', { type: 'is-json', isNegated }],
    ['not-contains-json', { type: 'contains-json', isNegated: true }],
    ['similar:hello', { type: 'similar', value: 'hello', threshold: 0.8, isNegated }],
    ['similar(0.5): hello', { type: 'similar', value: 'hello', threshold: 0.5, isNegated }],
    ['levenshtein(5):hello', { type: 'levenshtein', value: 'hello', threshold: 5, isNegated }],
    ['levenshtein(0):hello', { type: 'levenshtein', value: 'hello', threshold: 0, isNegated }],
    ['levenshtein(2):', { type: 'levenshtein', value: '', threshold: 2, isNegated }],
    ['latency(5000)', { type: 'latency', threshold: 5_000, isNegated }],
    ['not-cost(0.01)', { type: 'cost', threshold: 0.01, isNegated: true }],
    ['javascript: output.length < 10', { type: 'javascript', code: 'output.length < 10', isNegated }],
    ['fn:output === "a"', { type: 'javascript', code: 'output === "a"', isNegated }],
    ['eval: a\n b', { type: 'javascript', code: 'a\n b', isNegated }],
    ['llm-rubric: is polite', { type: 'llm-rubric', rubric: 'is polite', threshold: 0.5, isNegated }],
    ['grade(0.8): is polite', { type: 'llm-rubric', rubric: 'is polite', threshold: 0.8, isNegated }],
    ['grade', { type: 'equals', value: 'grade', isNegated }],
    ['javascript', { type: 'equals', value: 'javascript', isNegated }],
    ['contains all of it', { type: 'equals', value: 'contains all of it', isNegated }],
    ['Note: this', { type: 'equals', value: 'Note: this', isNegated }],
    ['contains(1', { type: 'equals', value: 'contains(1', isNegated }],
    ['CONTAINS:a', { type: 'equals', value: 'CONTAINS:a', isNegated }],
  ])('%j is read', ([cell, assertion]) => {
    expect(assertionIn(cell)).toEqual(assertion);
  });

  it.for<readonly [cell: string, fault: RegExp]>([
    ['contains:', /expected something behind "contains:", saw nothing/],
    ['regex', /expected something behind "regex:"/],
    ['contains-all: ,', /expected texts with commas between behind "contains-all:", saw nothing/],
    ['contains-any: "a', /a quote without its end/],
    ['contains-any: "a" b', /a quote without its end/],
    ['latency', /expected a limit in parentheses, such as latency\(5000\)/],
    ['cost: 3', /such as cost\(0\.01\)/],
    ['levenshtein: a', /expected how many edits there may be, such as levenshtein\(5\):/],
    ['similar(2): a', /expected a similarity up to 1, saw 2/],
    ['similar:', /expected a text/],
    ['is-json:{"type":"object"}', /a schema behind "is-json:" is not supported yet/],
    ['javascript:', /expected code behind the colon/],
    ['llm-rubric: ', /expected what to grade by/],
    ['llm-rubric(7): is polite', /expected a score up to 1, saw 7/],
    ['file://check.js', /code in a file is not supported/],
    ['python: len(output) < 3', /the assertion python is not supported: only JavaScript is/],
    ['not-rouge-n(0.6): a', /the assertion rouge-n is not supported: counts of shared words/],
    ['similar:cosine(0.9): a', /the assertion similar:cosine is not supported/],
    ['trajectory:tool-used: search', /the assertion trajectory:tool-used is not supported/],
  ])('%j is refused', ([cell, fault]) => {
    expect(assertionIn(cell)).toMatch(fault);
  });

  it.for<readonly [cell: string, doubt: string | null]>([
    [
      'contain:Paris',
      '"contain:Paris" is taken as text that the answer is to equal: did you mean "contains:"?',
    ],
    [
      'not-contain: a',
      '"not-contain: a" is taken as text that the answer is to equal: did you mean "not-contains:"?',
    ],
    ['Regex:a', '"Regex:a" is taken as text that the answer is to equal: did you mean "regex:"?'],
    ['contains: {{name}}', '"contains: {{name}}": {{…}} stands for itself, no column is filled in'],
    ['Note: this', null],
    ['12:30', null],
    ['contains: a', null],
  ])('%j is doubted: %j', ([cell, doubt]) => {
    expect(doubtIn(cell)).toBe(doubt);
  });

  it('takes a threshold of a column before its own', () => {
    expect(parseAssertion('levenshtein(5): a', 2)).toMatchObject({ assertion: { threshold: 2 } });
    expect(parseAssertion('latency', 2_000)).toMatchObject({ assertion: { threshold: 2_000 } });
  });

  it('reads whatever is in a cell, and keeps what it takes as text', () => {
    const pieces = fc.constantFrom(
      ...assertionTypes,
      ...unsupportedTypes.keys(),
      'not-',
      ':',
      '(',
      ')',
      '0.5',
      ',',
      '"',
      ' ',
      'x',
    );
    const cells = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join('')),
    );

    fc.assert(
      fc.property(cells, (cell) => {
        const made = assertionIn(cell);

        if (typeof made === 'string') expect(made).not.toBe('');
        else if (made.type === 'equals' && !/^(not-)?equals/.test(cell.trim()))
          expect(made.value).toBe(cell.trim());
      }),
      { numRuns: 1_000 },
    );
  });

  it.for([...assertionTypes])('%s is told apart from longer names, with and without not-', (type) => {
    const text = `${type}(1): x`;

    for (const cell of [text, `not-${text}`]) {
      const made = assertionIn(cell);
      if (typeof made === 'string') expect(made).toContain('schema');
      else expect([made.type, made.isNegated]).toEqual([type, cell !== text]);
    }
  });
});

describe('values with commas between', () => {
  it.for<readonly [string, string[] | null]>([
    ['a', ['a']],
    [' a , b c ,', ['a', 'b c']],
    ['"a, b", c', ['a, b', 'c']],
    ['"a ""b"""', ['a "b"']],
    ['"a \\"b\\" \\\\"', ['a "b" \\']],
    ['" a "', [' a ']],
    ['5" disk, b', ['5" disk', 'b']],
    ['"" , a', ['', 'a']],
    ['"a', null],
    ['"a" b', null],
    ['', []],
  ])('%j: %j', ([text, values]) => {
    expect(commaValues(text)).toEqual(values);
  });

  it('come back as they were written in quotes', () => {
    const quoted = (value: string) => `"${value.replace(/["\\]/g, '\\$&')}"`;

    fc.assert(
      fc.property(fc.array(fc.string()), (values) => {
        expect(commaValues(values.map(quoted).join(' , '))).toEqual(values);
      }),
    );
  });
});

describe("a row's assertions", () => {
  const types = (metadata: Record<string, string>, expected: string | null = 'a') =>
    assertionSet({ expected, metadata });

  it('are the cells of all expected columns that hold something', () => {
    const set = types({
      topic: 'x',
      __expected2: 'contains: b',
      ' __expected3 ': '',
      __expected4: 'is-json',
      __metric: 'm',
    });

    expect(set.assertions.map(({ type }) => type)).toEqual(['equals', 'contains', 'is-json']);
    expect(set.faults).toEqual([]);
  });

  it('are those of further columns alone where the first is empty', () => {
    expect(types({ __expected2: 'contains: b' }, null).assertions.map(({ type }) => type)).toEqual([
      'contains',
    ]);
  });

  it('have thresholds by columns, counted as promptfoo counts: those that are given', () => {
    const set = types(
      {
        __expected2: '',
        __expected3: 'latency',
        '__config:__expected2:threshold': '900',
        __threshold: '0.5',
      },
      'levenshtein(1): a',
    );

    expect(set.threshold).toBe(0.5);
    expect(set.assertions).toEqual([
      { type: 'levenshtein', value: 'a', threshold: 1, isNegated },
      { type: 'latency', threshold: 900, isNegated },
    ]);
  });

  it('name every fault', () => {
    const set = types(
      {
        __expected2: 'python: x',
        __threshold: 'high',
        '__config:__expected1:threshold': 'x',
        '__config:weight': '2',
      },
      'contains:',
    );

    expect(set.faults).toEqual([
      '__threshold: expected a number above 0 and up to 1, saw "high"',
      '__config:__expected1:threshold: expected a number from 0, saw "x"',
      '__config:weight: expected __config:__expected:threshold, or with a number behind __expected',
      expect.stringContaining('"contains:"'),
      expect.stringContaining('python'),
    ]);
  });
});
