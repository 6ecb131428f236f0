import { stringify } from 'csv-stringify/sync';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BadRow, Example, JobRecord } from '../../src/types.ts';
import { anyCell, anyPrompt } from '../readers/reading.ts';
import { madeFailure } from '../reports/made-records.ts';
import { type CsvBatch, csvBatch } from './csv-batch.ts';

const failed = (fields: Partial<JobRecord> = {}): Partial<JobRecord> => ({
  outcome: 'error',
  failure: madeFailure(),
  response: null,
  ...fields,
});
const ran = failed({ failure: madeFailure({ kind: 'agent', code: 'AGENT_FAILED', may_have_run: true }) });
const uncertain = failed({ failure: madeFailure({ code: 'TIMEOUT', may_have_run: true, uncertain: true }) });
const skipped = { outcome: 'skipped' as const, failure: madeFailure({ code: 'EARLIER_TURN' }) };

const asked = (rows: readonly (Example | BadRow)[]) =>
  rows.map((row) =>
    'problem' in row ? row.problem : { id: row.id, input: row.input, turns: row.turns, thread: row.thread },
  );

const idsIn = async (batch: CsvBatch) => (await batch.byColumn('errors.csv')).map(({ id }) => id);

describe('errors.csv', () => {
  it('is a dataset with the same ids and prompts, whatever the cells hold', async () => {
    const rows = fc.array(fc.tuple(anyPrompt, anyCell), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        const dataset = stringify([['Question', 'note'], ...given], { quoted_match: /[\r\n]/ });
        const examples: (Example | BadRow)[] = [];

        await using batch = await csvBatch(dataset, (row) => {
          examples.push(row);
          return [failed()];
        });

        expect(asked(await batch.dataset('errors.csv'))).toEqual(asked(examples));
      }),
      { numRuns: 60 },
    );
  });

  it('has the dataset’s own columns and the id, none other of ours, and no guard', async () => {
    await using batch = await csvBatch('prompt,note\n=1+1,-x\n', () => [failed()], { guard: 'all' });

    const [header, row] = await batch.rows('errors.csv');
    expect(header).toEqual(['prompt', 'note', 'id']);
    expect(row?.slice(0, 2)).toEqual(['=1+1', '-x']);
  });

  it('has a made id in the id column where the dataset left it empty', async () => {
    const dataset = 'id,prompt\na,hi\n,hi\n,hi\n';
    const ids: string[] = [];

    await using batch = await csvBatch(dataset, ({ id }) => {
      ids.push(id);
      return [failed()];
    });

    expect((await batch.rows('errors.csv'))[0]).toEqual(['id', 'prompt']);
    expect(await idsIn(batch)).toEqual(ids);
    expect(new Set(ids).size).toBe(3);
  });

  it('has failures whose end is known, in dataset order', async () => {
    const dataset = 'id,prompt\na,1\nb,2\nc,3\nd,4\ne,5\nf,6\n';
    const records: Record<string, Partial<JobRecord>[]> = {
      a: [failed()],
      b: [{}],
      c: [uncertain],
      d: [{ outcome: 'interrupted', failure: madeFailure() }],
      e: [ran],
      f: [skipped],
    };

    await using batch = await csvBatch(dataset, ({ id }) => records[id] ?? []);

    expect(await idsIn(batch)).toEqual(['a', 'e']);
  });

  it('has one line for an example, however many of its trials failed', async () => {
    const dataset = 'id,prompt\na,1\nb,2\n';

    await using batch = await csvBatch(dataset, ({ id }) =>
      id === 'a' ? [{ trial: 1 }, failed({ trial: 2 }), failed({ trial: 3 })] : [{}],
    );

    expect(await idsIn(batch)).toEqual(['a']);
  });

  it('is read with the delimiter it is written with, whatever the dataset’s was', async () => {
    await using batch = await csvBatch('prompt\t"a,b"\tc;d\nhi, there\t1\t2\n', () => [failed()], {
      name: 'qa.tsv',
    });

    expect(asked(await batch.dataset('errors.csv'))).toMatchObject([{ input: 'hi, there' }]);
  });
});

describe('a conversation in errors.csv', () => {
  const turns = 'id,turns\na,"[""one"",""two""]"\n';
  const threads = 'id,thread,prompt\na,k,one\nx,,alone\nb,k,two\nc,m,three\nd,m,four\n';

  it.each([
    ['none of its turns ran', [failed({ turn: 1 }), { ...skipped, turn: 2 }], ['a']],
    [
      'its first turn ran and failed',
      [
        { ...ran, turn: 1 },
        { ...skipped, turn: 2 },
      ],
      [],
    ],
    ['an earlier turn succeeded', [{ turn: 1 }, failed({ turn: 2 })], []],
    ['another trial went well', [{ turn: 1 }, { turn: 2 }, failed({ trial: 2, turn: 1 })], ['a']],
  ])('in one row, where %s', async (_, records, ids) => {
    await using batch = await csvBatch(turns, () => records as Partial<JobRecord>[]);

    expect(await idsIn(batch)).toEqual(ids);
  });

  it('over several rows stands there whole where none of its turns ran', async () => {
    await using batch = await csvBatch(threads, ({ id }) => {
      if (id === 'a') return [failed({ turn: 1 })];
      if (id === 'b') return [{ ...skipped, turn: 2 }];
      return [{ turn: id === 'x' ? null : 1 }];
    });

    expect(await idsIn(batch)).toEqual(['a', 'b']);
    expect(asked(await batch.dataset('errors.csv'))).toMatchObject([
      { id: 'a', thread: 'k', input: 'one' },
      { id: 'b', thread: 'k', input: 'two' },
    ]);
  });

  it('over several rows is left out where a turn ran', async () => {
    await using batch = await csvBatch(threads, ({ id }) => {
      if (id === 'b' || id === 'd') return [failed({ turn: 2 })];
      return [{ turn: id === 'x' ? null : 1 }];
    });

    expect(await idsIn(batch)).toEqual([]);
  });
});

describe('errors.csv of a JSON dataset', () => {
  const messages = [
    { role: 'system', content: 'be brief' },
    { role: 'user', content: 'hi' },
  ];
  const again = async (rows: readonly object[]) => {
    const dataset = rows.map((row) => JSON.stringify(row)).join('\n');
    const examples: (Example | BadRow)[] = [];
    const batch = await csvBatch(
      dataset,
      (row) => {
        examples.push(row);
        const isConversation = 'thread' in row && (row.thread ?? row.turns) !== undefined;
        return [failed({ turn: isConversation ? 1 : null })];
      },
      { name: 'qa.jsonl' },
    );
    return { batch, examples };
  };

  it.each([
    ['text', 'question', [{ question: 'a' }, { question: '{"b":1}' }], 'question'],
    ['objects', 'input', [{ input: { topic: 'bees', n: [1, { a: null }] } }], 'inputs'],
    ['objects with a column for them', 'Inputs', [{ Inputs: { topic: 'bees' } }], 'inputs'],
    ['text in the column of objects', 'inputs', [{ inputs: 'plain "text"' }], 'inputs'],
    ['text and objects', 'prompt', [{ prompt: 'a' }, { prompt: { b: 1 } }, { prompt: '7' }], 'inputs'],
    ['messages', 'input', [{ input: messages }], 'messages'],
    ['messages with a column for them', 'messages', [{ messages }], 'messages'],
    ['conversations', 'turns', [{ turns: ['one', 'two "quoted"'] }], 'turns'],
    [
      'threads',
      'prompt',
      [
        { prompt: 'a', thread: 7, id: 1 },
        { prompt: 'b', id: 2 },
      ],
      'prompt',
    ],
  ])('asks the same again: %s', async (_, was, rows, is) => {
    const { batch, examples } = await again(rows.map((row) => ({ note: 'x', ...row })));
    await using _batch = batch;

    const [header = []] = await batch.rows('errors.csv');
    expect(header[1]).toBe(is);
    expect(header).not.toContain(is === was ? 'nothing else' : was);
    expect(asked(await batch.dataset('errors.csv'))).toEqual(asked(examples));
  });

  it('has messages among objects as an object, which asks the same', async () => {
    const { batch } = await again([{ input: { topic: 'bees' } }, { input: messages }]);
    await using _batch = batch;

    expect(asked(await batch.dataset('errors.csv'))).toMatchObject([
      { input: { topic: 'bees' } },
      { input: { messages } },
    ]);
  });

  it('leaves out conversations among other inputs, which no column could hold beside them', async () => {
    const { batch } = await again([
      { prompt: 'a', id: 'a' },
      { turns: ['one', 'two'], id: 'b' },
    ]);
    await using _batch = batch;

    expect(asked(await batch.dataset('errors.csv'))).toMatchObject([{ id: 'a', input: 'a' }]);
  });

  it('keeps what a template reads', async () => {
    const dataset = '{"title":"Bees","body":{"text":"buzz"}}\n';

    await using batch = await csvBatch(dataset, () => [failed()], {
      name: 'qa.jsonl',
      read: { template: 'Summarise {{title}}: {{body}}' },
    });

    expect(await batch.byColumn('errors.csv')).toMatchObject([{ title: 'Bees', body: '{"text":"buzz"}' }]);
  });
});
