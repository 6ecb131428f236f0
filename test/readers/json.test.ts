import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { json } from '../../src/readers/json.ts';
import { bytesIn, encodings, faultOf, inPieces, inputsOf, pieceSizes, readAll } from './reading.ts';

const anyObject = fc.dictionary(
  fc.string({ unit: fc.constantFrom('a', '"', '\\', '{', '}', '[', ']', ',', 'é') }),
  fc.jsonValue(),
);

describe('a JSON array', () => {
  it('gives each object as it is, however it is laid out and its bytes are cut', async () => {
    const layouts = fc.constantFrom<string | undefined>(undefined, ' ', '\t', '\r\n');
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyObject, { minLength: 1, maxLength: 5 }),
        layouts,
        fc.constantFrom(...encodings),
        pieceSizes,
        async (inputs, layout, encoding, sizes) => {
          const text = JSON.stringify(
            inputs.map((input) => ({ input })),
            null,
            layout,
          );

          const result = await readAll(json, inPieces(bytesIn(encoding, text), sizes));

          // Compared as text: -0 is written 0.
          expect(JSON.stringify(inputsOf(result))).toBe(JSON.stringify(inputs));
        },
      ),
    );
  });

  it('takes brackets, commas and quotes in text for text', async () => {
    const prompt = 'a ] , [ } { " \\" \\\\ \n \u2028';

    expect(inputsOf(await readAll(json, JSON.stringify([{ prompt }, { prompt }])))).toEqual([prompt, prompt]);
  });

  it('names the line in which an element begins', async () => {
    const text = '[\n  {"prompt": "a"},\n\n  {\n    "prompt":\n    ""\n  }, {"prompt": " "}\n]';

    const { badRows } = await readAll(json, text, { skipBadRows: true });

    expect(badRows).toMatchObject([
      { id: 'line-4', index: 1, problem: expect.stringContaining('qa:4: element 2: "prompt"') },
      { id: 'line-7', index: 2, problem: expect.stringContaining('qa:7: element 3: "prompt"') },
    ]);
  });

  it('gives bad elements of one line ids of their own', async () => {
    const { badRows } = await readAll(json, '[{"prompt":""},{"prompt":""},1]', { skipBadRows: true });

    expect(badRows.map(({ id }) => id)).toEqual(['line-1', 'line-1-2', 'line-1-3']);
  });

  it.each([
    ['empty', '[ \n]', 'qa: expected an array of objects, saw an empty one'],
    ['of blanks alone', ' \n', 'qa: expected an array of objects, saw an empty file'],
    [
      'an object',
      '\n{"prompt":"a"}\n{"prompt":"b"}',
      'qa:2: expected an array of objects, saw "{" where it should begin: a file of one object a line is read with --format jsonl',
    ],
    [
      'open',
      '[\n{"prompt":"a"},\n{"prompt":"b"}',
      'qa:2: expected "]" to close the array, saw the end behind 1 whole elements',
    ],
    ['cut off in text', '[{"prompt":"a', 'qa:1: expected "]" to close the array, saw the end'],
    ['with a comma too many', '[{"prompt":"a"},\n]', 'qa:2: expected an element, saw "]"'],
    ['with a comma at the start', '[,{"prompt":"a"}]', 'qa:1: expected an element, saw ","'],
    [
      'without a comma',
      '[{"prompt":"a"}\n{"prompt":"b"}]',
      'qa:1: element 1: line 2, column 1: expected nothing more, saw "{"',
    ],
    ['followed by text', '[{"prompt":"a"}]\n]', 'qa:2: expected nothing behind the array, saw "]"'],
    ['of texts', '["a"]', 'qa:1: element 1: expected an object, saw the text "a"'],
    [
      'broken within an element',
      '[\n {"prompt": "a"},\n {"prompt": b}]',
      'qa:3: element 2: column 13: expected a value, saw "b"',
    ],
    [
      'broken in a later line of an element',
      '[{"prompt":\n  "a",\n  x: 1}]',
      'qa:1: element 1: line 3, column 3: expected a name in double quotes, saw "x"',
    ],
    [
      'with a brace too many',
      '[{"prompt":"a"}}]',
      'qa:1: element 1: column 16: expected nothing more, saw "}"',
    ],
    [
      'with a line break in text',
      '[{"prompt":"a\nb"}]',
      'qa:1: element 1: column 14: expected \\u000a in text',
    ],
  ])('%s is refused with its line', async (_what, text, fault) => {
    expect(await faultOf(json, text)).toContain(`DatasetError: ${fault}`);
  });
});
