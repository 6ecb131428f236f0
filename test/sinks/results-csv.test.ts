import { stringify } from 'csv-stringify/sync';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resultColumnNames } from '../../src/sinks/columns.ts';
import { anyCell, anyPrompt } from '../readers/reading.ts';
import { madeFailure } from '../reports/made-records.ts';
import { csvBatch } from './csv-batch.ts';

const once = () => [{}];
const oneRow = 'prompt\nhi\n';
const [, ...ownNames] = resultColumnNames;

describe('results.csv', () => {
  it('gives the dataset’s cells back as they were, whatever they hold', async () => {
    const rows = fc.array(fc.tuple(anyPrompt, anyCell, anyCell), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        const dataset = stringify([['prompt', 'note', 'last'], ...given], { quoted_match: /[\r\n]/ });

        await using batch = await csvBatch(dataset, once);

        const [, ...written] = await batch.rows('results.csv');
        expect(written.map((row) => row.slice(0, 3))).toEqual(given);
      }),
      { numRuns: 60 },
    );
  });

  it('gives the columns’ names back as they were', async () => {
    const names = [' Prompt ', 'a,b', 'c"d', 'e\nf', '', '', ' spaced ', 'naïve 🎉', "it's"];

    await using batch = await csvBatch(stringify([names, names.map(() => 'x')]), once);

    const [header = []] = await batch.rows('results.csv');
    expect(header.slice(0, names.length)).toEqual(names);
  });

  it('tells the ids we made where rows left theirs empty, beside the dataset’s own', async () => {
    const ids: string[] = [];

    await using batch = await csvBatch('id,prompt\na,hi\n,hi\n', ({ id }) => {
      ids.push(id);
      return [{}];
    });

    const rows = await batch.byColumn('results.csv');
    expect(rows.map(({ id }) => id)).toEqual(['a', '']);
    expect(rows.map(({ threadmill_id }) => threadmill_id)).toEqual(ids);
  });

  it('keeps a byte order mark that is part of the first column’s name', async () => {
    const dataset = '\ufeff"\ufeffnote",prompt\nx,hi\n';

    await using batch = await csvBatch(dataset, once);
    await using marked = await csvBatch(dataset, once, { bom: true });

    expect((await batch.rows('results.csv'))[0]?.[0]).toBe('\ufeffnote');
    expect((await marked.rows('results.csv'))[0]?.[0]).toBe('\ufeffnote');
  });

  it('has our columns behind the dataset’s own, in the order of the contract', async () => {
    await using batch = await csvBatch(oneRow, once);

    expect((await batch.rows('results.csv'))[0]).toEqual(
      'prompt,id,trial,turn,outcome,response,error,error_kind,error_code,may_have_run,latency_ms,ttft_ms,wait_ms,attempt_count,tools,thread_id,run_id,started_at,input_tokens,output_tokens,total_tokens'.split(
        ',',
      ),
    );
  });

  it('does not repeat a column that is the id', async () => {
    await using batch = await csvBatch('Custom_ID,prompt\na-1,hi\n', once);

    const [header, row] = await batch.rows('results.csv');
    expect(header).toEqual(['Custom_ID', 'prompt', ...ownNames]);
    expect(row?.slice(0, 4)).toEqual(['a-1', 'hi', '1', '']);
  });

  it('prefixes a name that the dataset has, in whatever case, as often as it takes', async () => {
    const dataset = 'prompt, Outcome ,threadmill_outcome,threadmill_response,TOOLS,trial\nhi,1,2,3,4,5\n';

    await using batch = await csvBatch(dataset, once);

    const [header = [], row] = await batch.rows('results.csv');
    expect(header.slice(6)).toEqual(
      resultColumnNames.map((name) => {
        if (name === 'outcome') return 'threadmill_threadmill_outcome';
        return name === 'tools' || name === 'trial' ? `threadmill_${name}` : name;
      }),
    );
    expect(row?.slice(0, 6)).toEqual(['hi', '1', '2', '3', '4', '5']);
  });

  it('can be the dataset of another batch', async () => {
    await using first = await csvBatch('prompt,note\nhi,x\n', () => [{ response: 'hello' }]);

    await using second = await csvBatch(await first.text('results.csv'), () => [{ response: 'again' }]);

    expect(await second.byColumn('results.csv')).toMatchObject([
      {
        prompt: 'hi',
        note: 'x',
        response: 'hello',
        threadmill_response: 'again',
        threadmill_outcome: 'success',
      },
    ]);
  });

  it('tells what a record says', async () => {
    const record = {
      outcome: 'error' as const,
      response: 'so far',
      failure: madeFailure({ kind: 'agent', code: 'AGENT_FAILED', message: 'boom', may_have_run: true }),
      attempts: [1, 2].map((attempt) => ({
        attempt,
        started_at: '',
        latency_ms: 1,
        status: null,
        run_id: null,
        failure: null,
      })),
      latency_ms: 812.4,
      ttft_ms: 0,
      wait_ms: null,
      tool_calls: ['search', 'pay'].map((name) => ({ name, args: {}, id: null })),
      thread_id: 'th-1',
      run_id: 'run-1',
      started_at: '2026-11-22T12:00:00.000Z',
      usage: { input_tokens: 11, output_tokens: 0, total_tokens: 11 },
    };

    await using batch = await csvBatch(oneRow, ({ id }) => [{ ...record, id }]);

    expect(await batch.byColumn('results.csv')).toEqual([
      {
        prompt: 'hi',
        id: expect.stringMatching(/^[0-9a-f]{16}$/),
        trial: '1',
        turn: '',
        outcome: 'error',
        response: 'so far',
        error: 'boom',
        error_kind: 'agent',
        error_code: 'AGENT_FAILED',
        may_have_run: 'true',
        latency_ms: '812.4',
        ttft_ms: '0',
        wait_ms: '',
        attempt_count: '2',
        tools: 'search, pay',
        thread_id: 'th-1',
        run_id: 'run-1',
        started_at: '2026-11-22T12:00:00.000Z',
        input_tokens: '11',
        output_tokens: '0',
        total_tokens: '11',
      },
    ]);
  });

  it('stands in order of dataset, trial and turn, whatever ended first', async () => {
    const dataset = 'id,turns\nb,"[""one"",""two""]"\na,"[""three"",""four""]"\n';
    const places = [
      [10, 2],
      [2, 1],
      [1, 2],
      [10, 1],
      [1, 1],
      [2, 2],
    ];

    await using batch = await csvBatch(dataset, () =>
      places.map(([trial = 0, turn = 0]) => ({ trial, turn })),
    );

    expect(
      (await batch.byColumn('results.csv')).map(({ id, trial, turn }) => `${id} ${trial} ${turn}`),
    ).toEqual([
      'b 1 1',
      'b 1 2',
      'b 2 1',
      'b 2 2',
      'b 10 1',
      'b 10 2',
      'a 1 1',
      'a 1 2',
      'a 2 1',
      'a 2 2',
      'a 10 1',
      'a 10 2',
    ]);
  });

  it('has the newest revision alone', async () => {
    await using batch = await csvBatch(oneRow, () => [
      { outcome: 'error', failure: madeFailure(), response: null },
      { revision: 2, response: 'second' },
    ]);

    expect(await batch.byColumn('results.csv')).toMatchObject([
      { outcome: 'success', response: 'second', error: '' },
    ]);
    expect(await batch.byColumn('errors.csv')).toEqual([]);
  });

  it('has at a stop what is recorded and nothing else', async () => {
    await using batch = await csvBatch('id,prompt\na,1\nb,2\nc,3\n', ({ id }) => (id === 'b' ? [{}] : []));

    expect((await batch.byColumn('results.csv')).map(({ id }) => id)).toEqual(['b']);
  });

  it('has nothing but its header before the first record', async () => {
    await using batch = await csvBatch(oneRow, () => []);

    expect(await batch.rows('results.csv')).toHaveLength(1);
    expect(await batch.rows('errors.csv')).toEqual([['prompt', 'id']]);
  });

  it('has the cells of a row that cannot be read, as many as fit', async () => {
    const dataset = 'prompt,note\nhi\nhi,x,y\nhi,x\n';

    await using batch = await csvBatch(dataset, () => [{ outcome: 'skipped' }], {
      read: { skipBadRows: true },
    });

    const rows = await batch.byColumn('results.csv');
    expect(rows.map(({ prompt, note }) => [prompt, note])).toEqual([
      ['hi', ''],
      ['hi', 'x'],
      ['hi', 'x'],
    ]);
    expect(rows.map(({ id }) => id).slice(0, 2)).toEqual(['line-2', 'line-3']);
  });
});

describe('results.csv of a JSON dataset', () => {
  it('has every field of any row as a column, and JSON for what is no text', async () => {
    const dataset = [
      '{"prompt":"a","n":1,"list":[1,"x"],"object":{"b":null},"none":null}',
      '{"prompt":"b","late":"only here","text":"{\\"a\\":1}","yes":true}',
      '{"prompt":"c","__proto__":"own","constructor":"text"}',
    ].join('\n');

    await using batch = await csvBatch(dataset, once, { name: 'qa.jsonl' });

    const [header = [], ...rows] = await batch.rows('results.csv');
    const names = [
      'prompt',
      'n',
      'list',
      'object',
      'none',
      'late',
      'text',
      'yes',
      '__proto__',
      'constructor',
    ];
    expect(header.slice(0, names.length)).toEqual(names);
    expect(rows.map((row) => row.slice(0, names.length))).toEqual([
      ['a', '1', '[1,"x"]', '{"b":null}', '', '', '', '', '', ''],
      ['b', '', '', '', '', 'only here', '{"a":1}', 'true', '', ''],
      ['c', '', '', '', '', '', '', '', 'own', 'text'],
    ]);
  });
});

describe('the guard of results.csv', () => {
  const dataset = 'prompt,=note,expected\n=1+1,=2,-3\n';
  const record = {
    response: '=HYPERLINK("http://x")',
    failure: madeFailure({ message: '@x' }),
    tool_calls: [{ name: '+cmd', args: {}, id: null }],
    thread_id: '=t',
    run_id: '-r',
    latency_ms: -1,
  };
  const cellsWith = async (options: object) => {
    await using batch = await csvBatch(dataset, () => [record], options);
    const [header = [], row] = await batch.rows('results.csv');
    const text = await batch.text('results.csv');
    return { isMarked: text.startsWith('\ufeff'), ownHeader: header.slice(0, 3), row };
  };

  it('marks what the agent made', async () => {
    const { row, ownHeader, isMarked } = await cellsWith({});

    expect(ownHeader).toEqual(['prompt', '=note', 'expected']);
    expect(row?.slice(0, 3)).toEqual(['=1+1', '=2', '-3']);
    expect(row).toEqual(
      expect.arrayContaining(['\'=HYPERLINK("http://x")', "'@x", "'+cmd", "'=t", "'-r", '-1']),
    );
    expect(isMarked).toBe(false);
  });

  it('marks every column for spreadsheets, with a byte order mark', async () => {
    const { row, ownHeader, isMarked } = await cellsWith({ guard: 'all', bom: true });

    expect(ownHeader).toEqual(['prompt', "'=note", 'expected']);
    expect(row?.slice(0, 3)).toEqual(["'=1+1", "'=2", '-3']);
    expect(row).toContain('-1');
    expect(isMarked).toBe(true);
  });

  it('marks nothing where none is wanted', async () => {
    const { row } = await cellsWith({ guard: 'none' });

    expect(row?.filter((cell) => cell.startsWith("'"))).toEqual([]);
  });
});
