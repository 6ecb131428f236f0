/** Datasets, answers and names made to harm: all of it is kept as it is, shown and never obeyed. */

import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openLine } from '../../src/sinks/lines.ts';
import {
  type AgentContext,
  interrupts,
  outputs,
  says,
  startAgentServer,
  throwsError,
} from '../support/agent-server.ts';
import { workplace } from '../support/threadmill.ts';

const texts: Readonly<Record<string, string>> = {
  escapes: '\u001b]0;owned\u0007\u001b[2J\u001b[31mred\u009b31m\u0090q\u009c\u007f',
  bidi: 'a\u202egpj.exe\u202c\u2066b\u2069\u200e\u200f\u061c',
  hidden: 'a\u200bb\u2028c\u2029d\u{E0041}\ufeff',
  nul: 'a\u0000b',
  surrogate: 'a\ud800b',
  script: '</script><script>alert(1)</script><!--',
  formula: '=cmd|"/c calc"!A0',
  blankFormula: ' =1+1',
  lineFormula: '\n=1+1',
  returnFormula: 'x\r=1+1',
  wideFormula: '＝1+1',
  sign: '-2+3+cmd|" /C calc"!A0',
  list: '- one\n- two',
  phone: '+47 123 45 678',
  path: '../../../etc/passwd',
  name: '__proto__',
};
const ids = [
  '../../x',
  '/etc/passwd',
  'CON',
  'x'.repeat(300),
  'two\nlines',
  '__proto__',
  'constructor',
  '..',
  '\u001b[31mred\u001b]0;id\u0007',
  '\u202eid',
  'a\ud800',
  'a\ud801',
  '=1+1',
  'a\u0000b',
];

/** What the agent does with each text. */
const ways: Readonly<Record<string, (text: string) => ReturnType<typeof says>>> = {
  says,
  throws: (text) => throwsError(text, text),
  calls: (text) =>
    says('done', {
      toolCalls: [
        { name: text, args: JSON.parse(`{"__proto__":{"x":1},${JSON.stringify(text)}:1}`), id: text },
      ],
    }),
  asks: (text) =>
    interrupts([
      { id: text, value: { question: text, action_requests: [{ name: text, args: { a: text } }] } },
    ]),
  keeps: (text) =>
    outputs(JSON.parse(`{"__proto__":{"polluted":true},${JSON.stringify(text)}:${JSON.stringify(text)}}`)),
};

const nested = `${'['.repeat(950)}${']'.repeat(950)}`;
const cases = Object.keys(ways).flatMap((way) => Object.keys(texts).map((text) => `${way} ${text}`));
const rows = cases.map((prompt, at) => {
  const id = ids[at] ?? `row-${at}`;
  const text = JSON.stringify(Object.values(texts)[at % Object.keys(texts).length]);
  return `{"id":${JSON.stringify(id)},"prompt":"${prompt}","__proto__":{"polluted":${text}},"note":${text},"deep":${nested}}\n`;
});

function agent({ prompt }: AgentContext) {
  const [way = '', text = ''] = prompt.split(' ');
  return ways[way]?.(texts[text] ?? '') ?? says('?');
}

/** What a terminal obeys, or shows otherwise than it is. */
const obeyed =
  /(?!\n)[\p{Cc}\u200b\u200e\u200f\u061c\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\u{E0000}-\u{E007F}]/u;
/** A cell that a spreadsheet would run: told here in words of its own. */
const formula = /^[\s\p{C}\p{Z}]*[=@＝＠]/u;

/** Every file and directory below. */
const tree = async (path: string) => (await readdir(path, { recursive: true })).sort();

describe('a batch of hostile content', () => {
  it('ends, keeps every text as it came, shows none of it raw, and writes nowhere else', async () => {
    await using server = await startAgentServer({ agent });
    await using place = await workplace({ 'a/b/qa.jsonl': rows.join('') });
    const out = 'a/b/c/out';
    const run = [
      'run',
      'a/b/qa.jsonl',
      '--out',
      out,
      '--url',
      server.url,
      '--agent',
      'agent',
      '--record',
      'output',
    ];

    const ended = await place.threadmill([...run, '--max-errors', 'none', '--verbose', '--json']);
    const again = await place.threadmill(run);
    const text = await place.threadmill(['report', out]);
    const json = await place.threadmill(['report', out, '--format', 'json']);
    const plan = await place.threadmill([...run, '--dry-run', '--new']);

    const batch = place.batch(out);
    const records = await batch.records();
    const byPrompt = new Map(records.map((record) => [record.input, record]));
    const lines = (await batch.text('results.jsonl')).trimEnd().split('\n');
    expect(ended.stderr).not.toContain('bug');
    expect([ended.code, again.code, text.code, json.code, plan.code]).toEqual([1, 1, 0, 0, 0]);
    expect(lines.map((line) => openLine(Buffer.from(line)) === null)).toEqual(lines.map(() => false));
    expect(records.map(({ id }) => id).sort()).toEqual(rows.map((row) => JSON.parse(row).id).sort());
    expect(new Set(records.map(({ thread_id }) => thread_id).filter(Boolean)).size).toBe(records.length);
    for (const [name, said] of Object.entries(texts)) {
      expect(byPrompt.get(`says ${name}`)).toMatchObject({ outcome: 'success', response: said });
      expect(byPrompt.get(`throws ${name}`)).toMatchObject({
        outcome: 'error',
        failure: { code: 'AGENT_ERROR' },
      });
      expect(byPrompt.get(`calls ${name}`)?.tool_calls[0]?.name).toBe(said);
      expect(byPrompt.get(`asks ${name}`)?.interrupts[0]?.id).toBe(said);
      expect(Object.keys(byPrompt.get(`keeps ${name}`)?.output ?? {})).toContain('__proto__');
    }
    for (const { stdout, stderr } of [ended, again, text, json, plan]) {
      expect(stderr).not.toMatch(obeyed);
      expect(stdout).not.toMatch(obeyed);
    }
    const table = await batch.csv('results.csv');
    expect(table.map((row) => row['id'])).toEqual(rows.map((row) => JSON.parse(row).id.toWellFormed()));
    for (const row of table) {
      const record = byPrompt.get(row['prompt'] ?? '');
      const response = record?.response?.toWellFormed() ?? '';
      expect([response, `'${response}`]).toContain(row['response']);
    }
    for (const name of ['results.csv', 'uncertain.csv', 'interrupted.csv'])
      for (const row of await batch.csv(name))
        for (const column of [
          'response',
          'error',
          'tools',
          'thread_id',
          'run_id',
          'tool',
          'args',
          'question',
          'interrupt_id',
        ])
          expect(row[column] ?? '').not.toMatch(formula);
    const cell = (prompt: string) => table.find((row) => row['prompt'] === prompt)?.['response'];
    expect(cell('says list')).toBe(texts['list']);
    expect(cell('says phone')).toBe(texts['phone']);
    expect((await tree(place.path)).filter((path) => !path.startsWith('a/b/c/out/'))).toEqual([
      'a',
      'a/b',
      'a/b/c',
      'a/b/c/out',
      'a/b/qa.jsonl',
    ]);
  });

  it.each([
    [
      'a dataset of a hostile name',
      ['run', 'q\u001b[31m\u202e\u200f\u009b.csv', '--url', 'http://127.0.0.1:1', '--agent', 'a'],
      2,
    ],
    ['a column of a hostile name', ['run', 'column.csv', '--url', 'http://127.0.0.1:1', '--agent', 'a'], 2],
    [
      'an agent of a hostile name',
      ['run', 'qa.csv', '--url', 'http://127.0.0.1:1/\u202e\u001b', '--agent', '\u202e\u001b[2J'],
      3,
    ],
    ['an option of a hostile name', ['run', 'qa.csv', '--\u001b[2J\u202e'], 2],
  ])('%s is told and not obeyed', async (_, args, exit) => {
    await using place = await workplace({
      'column.csv': 'id,pro\u001b[31m\u202empt\na,b\n',
      'qa.csv': 'prompt\nhi\n',
    });

    const { code, stderr } = await place.threadmill(args);

    expect(stderr).not.toMatch(obeyed);
    expect(stderr).not.toContain('bug');
    expect(code).toBe(exit);
  });
});
