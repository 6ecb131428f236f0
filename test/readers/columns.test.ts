import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { csv } from '../../src/readers/csv.ts';
import { jsonl } from '../../src/readers/jsonl.ts';
import type { ColumnRoles } from '../../src/types.ts';
import { faultOf, readAll } from './reading.ts';

const recognised = {
  input: ['prompt', 'input', 'inputs', 'question', 'query', 'message', 'text', 'messages', 'turns'],
  id: ['id', 'custom_id', 'question_id'],
  thread: ['thread', 'thread_id', 'conversation', 'conversation_id'],
  expected: [
    ...['expected', 'expected_output', 'answer', 'reference', 'outputs'],
    ...['__expected', '__expected1', '__expected2'],
  ],
  expectedTools: ['expected_tools'],
  expectedInterrupts: ['expected_interrupts'],
  resume: ['resume'],
} as const satisfies Record<keyof ColumnRoles, readonly string[]>;

/** A value that fits every role but `turns`, `inputs` and `messages`. */
const fittingValue = (name: string) =>
  ({
    turns: '["a"]',
    inputs: '{}',
    messages: '[{"role":"user","content":"a"}]',
    expected_tools: '[]',
    expected_interrupts: '[]',
    resume: '[]',
  })[name] ?? 'a';

async function rolesOf(names: readonly string[]): Promise<ColumnRoles> {
  const quoted = names.map((name) => `"${fittingValue(name).replaceAll('"', '""')}"`);
  const dataset = csv.open(Readable.from([`${names}\n${quoted}\n`]), {
    name: 'qa',
  });
  for await (const _ of dataset);
  return dataset.roles;
}

describe('columns', () => {
  it.each(Object.entries(recognised))('are recognised as %s by the first name found', async (role, names) => {
    const others = role === 'input' ? [] : ['prompt'];
    for (const [place] of names.entries()) {
      const present = names.slice(place).toReversed();

      const roles = await rolesOf([...present, ...others]);

      expect(roles[role as keyof ColumnRoles]).toBe(names[place]);
    }
  });

  it('that are not read are metadata, recognised names too', async () => {
    const { examples } = await readAll(csv, '__expected2,question,prompt,__expected1,answer\nc,b,a,d,e\n');

    expect(examples).toMatchObject([
      { input: 'a', expected: 'e', metadata: { question: 'b', __expected1: 'd', __expected2: 'c' } },
    ]);
  });
});

describe('a column that options give one part', () => {
  it('is not recognised for another', async () => {
    const { examples } = await readAll(csv, 'answer,prompt,text\na,b,c\n', {
      inputColumn: 'answer',
      threadColumn: 'prompt',
    });

    expect(examples).toMatchObject([{ input: 'a', thread: 'b', expected: null, metadata: { text: 'c' } }]);
  });

  it('may be the id all the same', async () => {
    expect((await readAll(csv, 'prompt\na\n', { idColumn: 'prompt' })).examples).toMatchObject([
      { id: 'a', input: 'a', metadata: {} },
    ]);
  });

  it('leaves no input where it is the only one that could be', async () => {
    expect(await faultOf(csv, 'prompt\na\n', { expectedColumn: 'prompt' })).toContain(
      'qa:1: expected an input column',
    );
  });
});

describe('an expectation', () => {
  it('is unknown where its cell is empty, and text whatever it looks like', async () => {
    const { examples } = await readAll(csv, 'prompt,expected\na,\nb,null\nc,0\nd,"{""x"":1}"\n');

    expect(examples.map(({ expected }) => expected)).toEqual([null, 'null', '0', '{"x":1}']);
  });

  it('of JSON is as it is', async () => {
    const expectations = ['"x"', '""', 'null', '0', 'false', '{"a":[1]}', '[]'];

    const { examples } = await readAll(
      jsonl,
      expectations.map((expected, n) => `{"prompt":"${n}","outputs":${expected}}`).join('\n'),
    );

    expect(examples.map(({ expected }) => expected)).toEqual(['x', null, null, 0, false, { a: [1] }, []]);
  });
});
