import { describe, expect, it } from 'vitest';
import { csv } from '../../src/readers/csv.ts';
import { jsonl } from '../../src/readers/jsonl.ts';
import type { Json } from '../../src/types.ts';
import { faultOf, readAll } from './reading.ts';

/** The same row as a line of JSON, and as CSV with its values as JSON in cells. */
const asJsonl = (row: Record<string, Json>) => JSON.stringify(row);
const asCsv = (row: Record<string, Json>) => {
  const cells = Object.values(row).map((value) =>
    typeof value === 'string' ? value : JSON.stringify(value),
  );
  return `${Object.keys(row)}\n${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`)}\n`;
};

const message = { role: 'user', content: 'hi' };

describe('an input', () => {
  it.each<[string, Record<string, Json>, object]>([
    [
      'messages',
      { messages: [message, { type: 'ai', content: [{ type: 'text', text: 'ho' }] }] },
      { input: [message, { type: 'ai', content: [{ type: 'text', text: 'ho' }] }] },
    ],
    [
      'a message that calls tools',
      { messages: [{ role: 'assistant', content: null, tool_calls: [] }] },
      { input: [{ role: 'assistant', content: null, tool_calls: [] }] },
    ],
    ['turns', { turns: ['a', 'b'] }, { input: 'a', turns: ['a', 'b'] }],
    ['an object under inputs', { inputs: { question: 'a' } }, { input: { question: 'a' } }],
    [
      'resume',
      { prompt: 'a', resume: [true, { decisions: [] }, null] },
      { resume: [true, { decisions: [] }, null] },
    ],
    [
      'expected tools',
      {
        prompt: 'a',
        expected_tools: ['x', { name: 'y' }, { name: 'z', args: { n: 1 }, id: 'c1', type: 'tool_call' }],
      },
      { expectedTools: ['x', 'y', { name: 'z', args: { n: 1 } }] },
    ],
    ['no tools expected', { prompt: 'a', expected_tools: [] }, { expectedTools: [] }],
    [
      'tools by turn',
      { turns: ['a', 'b', 'c'], expected_tools: [[{ name: 'y' }], null, []] },
      { expectedTools: [['y'], null, []] },
    ],
  ])('is read from %s, of JSON and of CSV alike', async (_what, row, expected) => {
    const [ofJson] = (await readAll(jsonl, asJsonl(row))).examples;
    const [ofCsv] = (await readAll(csv, asCsv(row))).examples;

    expect(ofJson).toMatchObject(expected);
    expect(ofCsv).toMatchObject(expected);
    expect(ofCsv?.id).toBe(ofJson?.id);
  });

  it.each<[string, Json]>([
    ['text', 'a'],
    ['an object', { question: 'a', n: [1] }],
    ['messages', [message]],
  ])('of JSON may be %s in any column', async (_what, input) => {
    const { examples } = await readAll(jsonl, `${asJsonl({ prompt: input })}\n${asJsonl({ query: input })}`);

    expect(examples.map((example) => example.input)).toEqual([input, input]);
  });

  it('under inputs may be text within JSON', async () => {
    expect((await readAll(csv, 'inputs\n"""a"""\n')).examples[0]?.input).toBe('a');
  });

  it('of CSV is text in every other column', async () => {
    const { examples } = await readAll(csv, asCsv({ prompt: [message], messages: ['not', 'read'] }));

    expect(examples[0]).toMatchObject({
      input: JSON.stringify([message]),
      metadata: { messages: '["not","read"]' },
    });
  });

  it('has no script, tools or thread where those cells are empty', async () => {
    const { examples } = await readAll(csv, 'prompt,resume,expected_tools,thread\na,,  ,\nb,null,null, \n');

    expect(examples).toMatchObject([
      { resume: undefined, expectedTools: undefined, thread: undefined },
      { resume: undefined, expectedTools: undefined, thread: undefined },
    ]);
  });
});

describe('a row of the wrong shape', () => {
  it.each<[Record<string, Json>, string]>([
    [
      { messages: { role: 'user' } },
      '"messages": expected a filled array of chat messages as {"role":"user","content":"…"}, saw an object with "role"',
    ],
    [
      { messages: [] },
      '"messages": expected a filled array of chat messages as {"role":"user","content":"…"}, saw an empty array',
    ],
    [
      { messages: [message, { content: 'x' }] },
      '"messages[1]": expected an object with "role" (or "type") and "content", saw an object with "content"',
    ],
    [
      { messages: ['hi'] },
      '"messages[0]": expected an object with "role" (or "type") and "content", saw the text "hi"',
    ],
    [{ turns: [] }, '"turns": expected a filled array of texts, saw an empty array'],
    [{ turns: { a: 1 } }, '"turns": expected a filled array of texts, saw an object with "a"'],
    [{ turns: ['a', 2] }, '"turns[1]": expected text, saw 2'],
    [{ turns: ['a', ' '] }, '"turns[1]": expected text, saw nothing but blanks'],
    [
      { turns: ['a'], thread: 't' },
      'expected a conversation in one row ("turns") or over several ("thread"), saw both: empty one',
    ],
    [{ inputs: [1] }, '"inputs": expected an object, the input of the graph, saw an array of 1'],
    [
      { prompt: 'a', resume: { a: 1 } },
      '"resume": expected an array of answers to interrupts, saw an object with "a"',
    ],
    [
      { prompt: 'a', expected_tools: { a: 1 } },
      '"expected_tools": expected an array of tool names, or of {"name":"…","args":{…}}, saw an object with "a"',
    ],
    [
      { prompt: 'a', expected_tools: [['x']] },
      '"expected_tools": expected one list, for the row is one turn, saw lists in a list, which are for a row with "turns"',
    ],
    [
      { turns: ['a', 'b'], expected_tools: [['x']] },
      '"expected_tools": expected 2 lists, one for each turn, saw 1',
    ],
    [
      { turns: ['a', 'b'], expected_tools: [['x'], 'y'] },
      '"expected_tools[1]": expected an array of tool names, or of {"name":"…","args":{…}}, saw the text "y"',
    ],
    [
      { prompt: 'a', expected_tools: [{ args: {} }] },
      '"expected_tools[0]": expected a tool name or {"name":"…","args":{…}}, saw an object with "args"',
    ],
    [
      { prompt: 'a', expected_tools: [{ name: 'x', args: [1] }] },
      '"expected_tools[0].args": expected an object, saw an array of 1',
    ],
    [
      { prompt: 'a', expected_tools: [{ name: 'x', arguments: {} }] },
      '"expected_tools[0]": expected the fields name and args, saw "arguments"',
    ],
  ])('is refused: %j', async (row, fault) => {
    expect(await faultOf(jsonl, asJsonl(row))).toBe(`DatasetError: qa:1: ${fault}`);
    expect(await faultOf(csv, asCsv(row))).toBe(`DatasetError: qa:2: ${fault}`);
  });

  it.each<[Record<string, Json>, string]>([
    [{ prompt: 7 }, '"prompt": expected text, an object or an array of chat messages, saw 7'],
    [
      { prompt: ['a'] },
      '"prompt[0]": expected an object with "role" (or "type") and "content", saw the text "a"',
    ],
    [{ prompt: 'a', id: true }, '"id": expected text or a number, saw true'],
    [{ prompt: 'a', thread: ['x'] }, '"thread": expected text or a number, saw an array of 1'],
  ])('is refused in JSON: %j', async (row, fault) => {
    expect(await faultOf(jsonl, asJsonl(row))).toBe(`DatasetError: qa:1: ${fault}`);
  });

  it.each([
    ['turns', '[a]', '"turns": expected JSON; at its character 2 expected a value or "]", saw "a"'],
    ['turns', '', '"turns": expected JSON, saw an empty cell'],
    [
      'inputs',
      'hello',
      '"inputs": expected JSON; at its character 1 expected a value, saw "hello"; for plain text, call the column "input"',
    ],
  ])('is refused in CSV: %s of %j', async (column, cell, fault) => {
    expect(await faultOf(csv, `${column}\n"${cell}"\n`)).toBe(`DatasetError: qa:2: ${fault}`);
  });
});
