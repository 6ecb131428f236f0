import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { csv, tsv } from '../../src/readers/csv.ts';
import { bytesIn, faultOf, inputsOf, readAll } from './reading.ts';

describe('a CSV', () => {
  const rows = [
    { what: 'as it should be', text: 'id,prompt\n1,hello\n', prompt: 'hello' },
    { what: 'with a byte order mark', text: '\uFEFFid,prompt\n1,hello\n', prompt: 'hello' },
    { what: 'with semicolons', text: 'id;prompt\n1;a, b\n', prompt: 'a, b' },
    { what: 'with tabs', text: 'id\tprompt\n1\ta, b; c\n', prompt: 'a, b; c' },
    { what: 'with CRLF', text: 'id,prompt\r\n1,hello\r\n', prompt: 'hello' },
    { what: 'with CR', text: 'id,prompt\r1,hello\r', prompt: 'hello' },
    { what: 'with line ends of every kind', text: 'id,prompt\r\n1,hello\r2,b\n3,c', prompt: 'hello' },
    { what: 'without a last line end', text: 'id,prompt\n1,hello', prompt: 'hello' },
    { what: 'with quotes in quotes', text: 'id,prompt\n1,"say ""hi"""\n', prompt: 'say "hi"' },
    { what: 'with line breaks in quotes', text: 'id,prompt\n1,"a\nb\r\nc\rd"\n', prompt: 'a\nb\r\nc\rd' },
    { what: 'with delimiters in quotes', text: 'id,prompt\n1,"a,b;c"\n', prompt: 'a,b;c' },
    { what: 'with emoji', text: 'id,prompt\n1,👩‍🔬 🇳🇴\n', prompt: '👩‍🔬 🇳🇴' },
    { what: 'with leading zeros', text: 'id,prompt\n1,007\n', prompt: '007' },
    { what: 'with a formula', text: 'id,prompt\n1,=1+1\n', prompt: '=1+1' },
    { what: 'with blanks around a cell', text: 'id,prompt\n1,  hello \t \n', prompt: '  hello \t ' },
    { what: 'with JSON in a text column', text: 'id,prompt\n1,"{""a"":1}"\n', prompt: '{"a":1}' },
    { what: 'with a cell that says null', text: 'id,prompt\n1,null\n', prompt: 'null' },
    { what: 'with a header in capitals and blanks', text: ' ID , Prompt \n1,hello\n', prompt: 'hello' },
    { what: 'with a quoted header', text: '"id","prompt"\n"1","hello"\n', prompt: 'hello' },
    {
      what: 'with delimiters and a line break in its header',
      text: '"a,;\t\n;",prompt\n1,hello\n',
      prompt: 'hello',
    },
    { what: 'with blank lines', text: '\n\nid,prompt\n\n1,hello\n  \n\n', prompt: 'hello' },
  ];

  it.each(rows)('$what is read as it is', async ({ text, prompt }) => {
    for (const encoding of ['utf-8', 'utf-16le', 'utf-16be'] as const) {
      expect(inputsOf(await readAll(csv, bytesIn(encoding, text)))[0]).toBe(prompt);
    }
  });

  it('of another encoding is read by its name', async () => {
    const bytes = Buffer.from('prompt\nca\x66\xe9 \x80 \x92\n', 'latin1');

    expect(inputsOf(await readAll(csv, bytes, { encoding: 'latin1' }))).toEqual(['café € ’']);
    expect(inputsOf(await readAll(csv, bytes, { encoding: 'ISO-8859-2' }))).toEqual(['café \x80 \x92']);
  });

  it('hands awkward cells on as they are', async () => {
    const bytes = await readFile(new URL('../../datasets/awkward.csv', import.meta.url));

    const { examples } = await readAll(csv, bytes);

    expect(
      Object.fromEntries(examples.map(({ metadata, input }) => [metadata['what'], input])),
    ).toMatchObject({
      quotes: 'she said "hello"',
      'only quotes': '"',
      newline: 'first line\nsecond line',
      CRLF: 'first line\r\nsecond line',
      emoji: '👩‍🔬 👍🏽 🇳🇴',
      'leading zeros': '007',
      formula: '=1+1',
      'blanks around': '  two before and two behind  ',
      JSON: '{"a":1}',
      template: '{{7*7}} ${7*7} <%= 7*7 %>',
      null: 'null',
      'big number': '12345678901234567890',
      backslashes: 'C:\\new\\table \\u0041',
    });
  });

  it('takes a tab for the delimiter where the file is a TSV', async () => {
    expect(inputsOf(await readAll(tsv, 'prompt, please\tprompt\na, b\tc\n'))).toEqual(['c']);
  });

  it('keeps every column apart in the metadata, whatever its name', async () => {
    const { examples, columns } = await readAll(
      csv,
      'prompt,x, x ,,x_2,__proto__,constructor\na,1,2,3,4,5,6\n',
    );

    expect(Object.entries(examples[0]?.metadata ?? {})).toEqual([
      ['x', '1'],
      ['x_2', '2'],
      ['column_4', '3'],
      ['x_2_2', '4'],
      ['__proto__', '5'],
      ['constructor', '6'],
    ]);
    expect(columns).toEqual(['prompt', 'x', ' x ', '', 'x_2', '__proto__', 'constructor']);
  });

  it('counts lines as an editor does', async () => {
    const text = ' \r\nprompt,note\r\n"a\r\nb\rc\nd",x\r\n\r\n,bad\r\n"e",y\n\n,bad too';

    const { badRows } = await readAll(csv, text, { skipBadRows: true });

    expect(badRows.map(({ id }) => id)).toEqual(['line-8', 'line-11']);
  });
});

describe('a CSV that cannot be read', () => {
  it.each([
    ['of blank lines alone', '\n\r\n\n', 'qa: expected a header and rows below it, saw an empty file'],
    ['with a line of tabs for its header', '\t\nprompt\tx\na\tb\n', 'qa:1: expected an input column'],
    ['without rows', 'prompt\n\n', 'qa: expected rows below the header, saw none'],
    [
      'with too many cells',
      'prompt,x\n1,2\na,b,c\n',
      'qa:3: expected 2 cells as in the header, saw 3: a cell that holds a delimiter, a quote or a line break must stand in quotes',
    ],
    ['with too few cells', 'prompt,x\na\n', 'qa:2: expected 2 cells as in the header, saw 1'],
    [
      'with an open quote',
      'prompt,x\na,b\n"c,d\ne,f\n',
      'qa:3: the quote opened in this line is never closed',
    ],
    [
      'with an open quote behind line breaks',
      'prompt,x\n"a\nb","c\nd',
      'qa:3: the quote opened in this line is never closed',
    ],
    [
      'with text before a quote',
      'prompt,x\n5" pipe,b\n',
      'qa:2: expected a quote to open or close a whole cell, saw one amid its text',
    ],
    [
      'with text behind a quote',
      'prompt,x\n"a" b,c\n',
      'qa:2: expected a quote to open or close a whole cell, saw one amid its text',
    ],
    [
      'with a stray quote in its header',
      'pro"mpt,prompt"\na,b\n',
      'qa:1: expected a quote to open or close a whole cell',
    ],
    ['with NUL in a cell', 'prompt,x\na,b\nc\0,d\n', 'qa:3: expected text, saw a NUL character'],
    ['with NUL in quotes', 'prompt,x\n"c\0",d\n', 'qa:2: expected text, saw a NUL character'],
    [
      'of UTF-16 without its mark',
      'p\0r\0o\0m\0p\0t\0\n\0a\0',
      'qa:1: expected text, saw a NUL character; where the file is UTF-16 without its mark, add --encoding utf-16le',
    ],
    [
      'with two input columns',
      'Prompt,x, prompt\na,b,c\n',
      'qa:1: expected one column of the name "prompt", saw "Prompt" (column 1) and " prompt" (column 3): rename one of them',
    ],
    ['with a prompt of quotes alone', 'prompt\n""\n', 'qa:2: "prompt": expected text, saw an empty text'],
  ])('%s is refused with its line', async (_what, text, fault) => {
    expect(await faultOf(csv, text)).toContain(`DatasetError: ${fault}`);
  });

  it('with a header that does not end is refused before it is all read', async () => {
    expect(await faultOf(csv, `"prompt\n${'x,y\n'.repeat(300_000)}`)).toMatch(
      /qa:1: .*is a quote not closed\?/,
    );
  });

  it('in one row gives the others whole', async () => {
    const text = 'id,prompt\n1,a\n2,b,b\n3\n4,"c\nc"\n5,\n6,d\0\n7,e\n';

    const { examples, badRows } = await readAll(csv, text, { skipBadRows: true });

    expect(examples.map(({ id, index }) => [id, index])).toEqual([
      ['1', 0],
      ['4', 3],
      ['7', 6],
    ]);
    expect(badRows.map(({ id, index, cells }) => [id, index, cells])).toEqual([
      ['line-3', 1, ['2', 'b', 'b']],
      ['line-4', 2, ['3']],
      ['line-7', 4, ['5', '']],
      ['line-8', 5, ['6', 'd\0']],
    ]);
  });

  it.each([
    ['amid a cell', 'prompt\na\nhe said "b"\nc\n', 'qa:3: expected a quote to open or close a whole cell'],
    ['open to the end', 'prompt\na\n"b\nc\n', 'qa:3: the quote opened in this line is never closed'],
  ])('by a quote %s is refused where bad rows are skipped too', async (_what, text, fault) => {
    expect(await faultOf(csv, text, { skipBadRows: true })).toContain(fault);
  });
});
