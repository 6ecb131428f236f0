import { describe, expect, it } from 'vitest';
import { jsonl } from '../../src/readers/jsonl.ts';
import { faultOf, inputsOf, readAll } from './reading.ts';

describe('JSONL', () => {
  it('is read with lines of either end, and without blank ones', async () => {
    const text = '\n{"prompt":"a"}\r\n   \n{"prompt":"b"}\n\r\n{"prompt":"c"}';

    expect(inputsOf(await readAll(jsonl, text))).toEqual(['a', 'b', 'c']);
  });

  it('may have other fields in each line, in which null counts as none', async () => {
    const text = [
      '{"prompt":null,"Question":"why?","note":null}',
      '{"prompt":"a","question":"b","answer":null,"reference":"r"}',
      '{"turns":["c"],"thread":null,"id":""}',
    ].join('\n');

    const { examples, columns } = await readAll(jsonl, text);

    expect(examples).toMatchObject([
      { input: 'why?', expected: null, metadata: { prompt: null, note: null } },
      { input: 'a', expected: 'r', metadata: { question: 'b', answer: null } },
      { input: 'c', turns: ['c'], metadata: { thread: null } },
    ]);
    expect(columns).toEqual([
      'prompt',
      'Question',
      'note',
      'question',
      'answer',
      'reference',
      'turns',
      'thread',
      'id',
    ]);
  });

  it('keeps fields whatever their names', async () => {
    const { examples } = await readAll(jsonl, '{"prompt":"a","__proto__":{"b":1},"constructor":"c"}');

    expect(JSON.stringify(examples[0]?.metadata)).toBe('{"__proto__":{"b":1},"constructor":"c"}');
    expect(JSON.stringify(examples[0]?.cells)).toBe('{"prompt":"a","__proto__":{"b":1},"constructor":"c"}');
  });

  it.each([
    ['of blank lines alone', '\n\n', 'qa: expected one JSON object a line, saw an empty file'],
    [
      'broken amid a line',
      '{"prompt":"a"}\n\n{"prompt":"b" x}\n',
      'qa:3: column 15: expected "," or "}", saw "x"',
    ],
    [
      'with single quotes',
      "{'prompt':'a'}",
      'qa:1: column 2: expected a name in double quotes or "}", saw "\'"',
    ],
    [
      'with two objects in a line',
      '{"prompt":"a"} {"prompt":"b"}',
      'qa:1: column 16: expected nothing more, saw "{"',
    ],
    [
      'with an object over lines',
      '{\n"prompt":"a"\n}',
      'qa:1: column 2: expected a name in double quotes or "}", saw the end: each line must be one whole object',
    ],
    [
      'that is an array',
      '[{"prompt":"a"}]',
      'qa:1: expected an object, saw an array of 1: each line must be one whole object; a file that is one array is read with --format json',
    ],
    ['that is text', '{"prompt":"a"}\n"b"', 'qa:2: expected an object, saw the text "b"'],
    ['with NUL', '{"prompt":"a\0"}', 'qa:1: expected text, saw a NUL character'],
    [
      'with fields of the same name',
      '{"prompt":"a","PROMPT":"b"}',
      'qa:1: expected one column of the name "prompt", saw "prompt" (column 1) and "PROMPT" (column 2)',
    ],
    [
      'with nothing but null',
      '{"prompt":null,"note":"x"}',
      'qa:1: expected an input column (prompt, input, inputs, question, query, message, text, messages, turns), saw "note": name it with --input-column; null counts as none: prompt',
    ],
    ['with an input in no line', '{"a":1}', 'qa:1: expected an input column'],
  ])('%s is refused with its line', async (_what, text, fault) => {
    expect(await faultOf(jsonl, text)).toContain(`DatasetError: ${fault}`);
  });

  it('broken in one line gives the others', async () => {
    const { examples, badRows } = await readAll(jsonl, '{"prompt":"a"}\n{"prompt"\n{"prompt":"c"}\n[]\n', {
      skipBadRows: true,
    });

    expect(examples.map(({ input, index }) => [input, index])).toEqual([
      ['a', 0],
      ['c', 2],
    ]);
    expect(badRows).toMatchObject([
      {
        id: 'line-2',
        index: 1,
        cells: {},
        problem: expect.stringContaining('qa:2: column 10: expected ":"'),
      },
      { id: 'line-4', index: 3, cells: {} },
    ]);
  });

  it('without an input in any line is refused where bad rows are skipped too', async () => {
    const fault = await faultOf(jsonl, '{"a":1}\n{"b":2}\n', { skipBadRows: true });

    expect(fault).toMatch(/^DatasetError: qa: expected an input column .* saw "a", "b"/);
  });
});
