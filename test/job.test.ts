import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nothingRecorded, planJobs, type Recorded } from '../src/job.ts';
import type { BadRow, Example, Job } from '../src/types.ts';
import { collectGarbage } from './garbage.ts';
import { collected, inOrder, madeBadRow, madeExample, placeName, recordedAt } from './made-examples.ts';
import { intentOf } from './made-intent.ts';
import { madeRecord } from './reports/made-records.ts';

const alone = { repeat: 1, threadSize: () => 1, onlyRepeats: false };

/** As a selection knows them. */
const sizesIn = (rows: readonly (Example | BadRow)[]) => (thread: string) =>
  rows.filter((row) => 'thread' in row && row.thread === thread).length;

const planned = (rows: readonly (Example | BadRow)[], recorded: Recorded = nothingRecorded, repeat = 1) =>
  collected(planJobs(inOrder(rows), recorded, { ...alone, repeat, threadSize: sizesIn(rows) }));

const madeIntent = intentOf({ key: 'id:e0', generation: 2, thread_id: 'th' });

/** A job in a word: `key#trial: id.turn id.turn`. */
const told = ({ key, trial, turns }: Job) =>
  `${key}#${trial}: ${turns.map(({ example, turn }) => `${example.id}.${turn ?? '-'}`).join(' ')}`;

describe('the jobs of a dataset', () => {
  it('are one an example and trial, in dataset order', async () => {
    const rows = [madeExample({ index: 0, id: 'b', expected: 'yes' }), madeExample({ index: 1, id: 'a' })];

    const jobs = await planned(rows, nothingRecorded, 2);

    expect(jobs.map(told)).toEqual(['id:b#1: b.-', 'id:b#2: b.-', 'id:a#1: a.-', 'id:a#2: a.-']);
    expect(jobs[0]).toEqual({
      key: 'id:b',
      trial: 1,
      intent: null,
      problem: null,
      turns: [
        {
          example: rows[0],
          turn: null,
          input: 'ask b',
          expected: 'yes',
          recorded: null,
          revision: 1,
          replaces: null,
        },
      ],
    });
  });

  it('have each turn of a conversation in one row, in order', async () => {
    const turns = ['one', 'two', 'three'];

    const [job] = await planned([madeExample({ index: 0, input: 'one', turns, expected: 'last' })]);

    expect(job?.turns.map(({ turn, input, expected }) => [turn, input, expected])).toEqual([
      [1, 'one', null],
      [2, 'two', null],
      [3, 'three', 'last'],
    ]);
  });

  it.each([
    ['a list of as many', ['a', null, 'c'], ['a', null, 'c']],
    ['a list of another length', ['a', 'b'], [null, null, ['a', 'b']]],
    ['nothing', null, [null, null, null]],
  ])('expect of each turn what it is said to, where that is %s', async (_, expected, byTurn) => {
    const [job] = await planned([madeExample({ index: 0, turns: ['one', 'two', 'three'], expected })]);

    expect(job?.turns.map((turn) => turn.expected)).toEqual(byTurn);
  });

  it('have the rows of a thread together, where the last of them stands', async () => {
    const rows = [
      ['a', 'k'],
      ['b', 'm'],
      ['c', undefined],
      ['d', 'k'],
      ['e', 'm'],
      ['f', 'k'],
    ].map(([id = '', thread], index) => madeExample({ index, id, thread, expected: `of ${id}` }));

    const jobs = await planned(rows);

    expect(jobs.map(told)).toEqual(['id:c#1: c.-', 'thread:m#1: b.1 e.2', 'thread:k#1: a.1 d.2 f.3']);
    expect(jobs[2]?.turns.map(({ expected }) => expected)).toEqual(['of a', 'of d', 'of f']);
  });

  it('are never taken for one another where an id is another’s thread', async () => {
    const rows = [madeExample({ index: 0, id: '1' }), madeExample({ index: 1, id: 'x', thread: '1' })];
    const ids = [madeExample({ index: 0, id: 'thread:1' }), madeExample({ index: 1, id: 'x', thread: '1' })];

    for (const each of [rows, ids]) {
      const keys = (await planned(each)).map(({ key }) => key);
      expect(new Set(keys).size).toBe(2);
    }
  });

  it('are one of a row that cannot be read, whatever the trials', async () => {
    const jobs = await planned([madeBadRow(0), madeExample({ index: 1 })], nothingRecorded, 3);

    expect(jobs.map(told)).toEqual([
      'id:line-2#1: line-2.-',
      'id:e1#1: e1.-',
      'id:e1#2: e1.-',
      'id:e1#3: e1.-',
    ]);
    expect(jobs[0]?.problem).toBe('qa.csv:2: expected 3 cells, saw 1');
  });

  it('leave out what is recorded', async () => {
    const rows = [0, 1, 2].map((index) => madeExample({ index }));

    const jobs = await planned(rows, recordedAt({ '0/1/1': 'success', '1/2/1': 'error' }), 2);

    expect(jobs.map(told)).toEqual(['id:e0#2: e0.-', 'id:e1#1: e1.-', 'id:e2#1: e2.-', 'id:e2#2: e2.-']);
  });

  it('go on in the middle of a conversation, and know how its turns ended', async () => {
    const rows = [madeExample({ index: 0, turns: ['one', 'two', 'three'] })];

    const jobs = await planned(rows, recordedAt({ '0/1/1': 'success', '0/1/2': 'error' }));

    expect(jobs.map(({ turns }) => turns.map(({ recorded }) => recorded))).toEqual([
      ['success', 'error', null],
    ]);
    expect(
      await planned(rows, recordedAt({ '0/1/1': 'success', '0/1/2': 'error', '0/1/3': 'skipped' })),
    ).toEqual([]);
  });

  it('hold what is to be asked once more, with the record it replaces', async () => {
    const rows = [0, 1].map((index) => madeExample({ index }));
    const record = madeRecord({ id: 'e1', revision: 3 });
    const recorded: Recorded = {
      ...recordedAt({ '0/1/1': 'error', '1/1/1': 'error' }),
      isToRepeat: ({ index }) => index === 1,
      recordOf: async () => record,
    };

    const jobs = await collected(planJobs(inOrder(rows), recorded, { ...alone, onlyRepeats: true }));

    expect(jobs.map(told)).toEqual(['id:e1#1: e1.-']);
    expect(jobs[0]?.turns[0]).toMatchObject({ recorded: null, revision: 4, replaces: record });
  });

  it('hold of a conversation what follows the turn that is asked once more', async () => {
    const rows = [madeExample({ index: 0, turns: ['one', 'two', 'three'] })];
    const recorded: Recorded = {
      ...recordedAt({ '0/1/1': 'success', '0/1/2': 'error', '0/1/3': 'skipped' }),
      isToRepeat: ({ turn }) => turn === 2,
      recordOf: async () => madeRecord(),
    };

    const [job] = await planned(rows, recorded);

    expect(job?.turns.map((turn) => [turn.recorded, turn.revision])).toEqual([
      ['success', 1],
      [null, 2],
      [null, 2],
    ]);
  });

  it('come again where an earlier turn has succeeded since, or a retry was killed', async () => {
    const talk = [madeExample({ index: 0, turns: ['one', 'two'] })];
    const intent = { ...madeIntent, key: 'id:e0', revision: 2 };
    const once = { ...recordedAt({ '0/1/1': 'error' }), recordOf: async () => madeRecord() };

    const freed = await planned(talk, {
      ...recordedAt({ '0/1/1': 'success', '0/1/2': 'skipped' }),
      recordOf: async () => madeRecord(),
    });
    const killed = await planned([madeExample({ index: 0 })], { ...once, intentOf: () => intent });
    const over = await planned([madeExample({ index: 0 })], {
      ...once,
      intentOf: () => ({ ...intent, revision: 1 }),
    });

    expect(freed[0]?.turns.map((turn) => turn.recorded)).toEqual(['success', null]);
    expect(killed[0]?.turns[0]).toMatchObject({ recorded: null, revision: 2 });
    expect(over[0]?.turns[0]).toMatchObject({ recorded: 'error', revision: 1 });
  });

  it('come again with their intent where all is recorded and a thread is not closed', async () => {
    const intent = { ...madeIntent, key: 'thread:k' };
    const recorded: Recorded = {
      ...nothingRecorded,
      revisionOf: () => 1,
      outcomeOf: () => 'success',
      intentOf: (key, trial) => (key === 'thread:k' && trial === 1 ? intent : null),
    };

    const jobs = await planned(
      [madeExample({ index: 0, id: 'k' }), madeExample({ index: 1, thread: 'k' })],
      recorded,
      2,
    );

    expect(jobs.map(told)).toEqual(['thread:k#1: e1.1']);
    expect(jobs[0]?.intent).toBe(intent);
  });

  it('are as many turns as the rows have, each once, whatever the mixture', async () => {
    const anyRow = fc.oneof(
      fc.record({ thread: fc.constantFrom('a', 'b', 'c', undefined) }),
      fc.record({ turns: fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }) }),
      fc.constant('bad' as const),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyRow, { maxLength: 20 }),
        fc.integer({ min: 1, max: 3 }),
        async (given, repeat) => {
          const rows = given.map((fields, index) =>
            fields === 'bad' ? madeBadRow(index) : madeExample({ index, ...fields }),
          );

          const jobs = await planned(rows, nothingRecorded, repeat);

          const expected = rows.flatMap((row) => {
            const trials = 'problem' in row ? 1 : repeat;
            const turns = 'problem' in row ? 1 : (row.turns?.length ?? 1);
            return Array.from({ length: trials * turns }, (_, at) => `${row.index}/${1 + (at % trials)}`);
          });
          const asked = jobs.flatMap(({ turns, trial }) =>
            turns.map(({ example }) => `${example.index}/${trial}`),
          );
          expect(asked.toSorted()).toEqual(expected.toSorted());
          const places = jobs.flatMap(({ turns, trial }) =>
            turns.map(
              ({ example, turn }) =>
                `${example.thread ?? ''} ${placeName({ index: example.index, trial, turn })}`,
            ),
          );
          expect(new Set(places).size).toBe(places.length);
        },
      ),
    );
  });
});

describe('the planning of jobs', () => {
  it('pulls one row at a time, and no further than it is asked', async () => {
    let pulled = 0;
    async function* rows() {
      for (let index = 0; index < 100; index += 1) {
        pulled += 1;
        yield madeExample({ index });
      }
    }
    const jobs = planJobs(rows(), nothingRecorded, alone);

    await jobs.next();
    expect(pulled).toBe(1);
    await jobs.next();
    expect(pulled).toBe(2);
    await jobs.return(undefined);
  });

  it('holds the rows of conversations that are not whole yet, and lets go of those that are', async () => {
    const seen: WeakRef<Example>[] = [];
    async function* rows() {
      for (let index = 0; index < 3_000; index += 1) {
        const row = madeExample({ index, thread: `t${Math.floor(index / 2)}`, input: 'x'.repeat(10_000) });
        seen.push(new WeakRef(row));
        yield row;
      }
    }
    let jobs = 0;

    for await (const _ of planJobs(rows(), nothingRecorded, { ...alone, threadSize: () => 2 })) jobs += 1;

    expect(jobs).toBe(1_500);
    await collectGarbage();
    expect(seen.filter((row) => row.deref() !== undefined).length).toBeLessThan(100);
  });

  it('gives at the end what conversations are not as long as they were said to be', async () => {
    const rows = [madeExample({ index: 0, thread: 'k' }), madeExample({ index: 1, thread: 'k' })];

    const jobs = await collected(
      planJobs(inOrder(rows), nothingRecorded, { ...alone, repeat: 2, threadSize: () => 9 }),
    );

    expect(jobs.map(told)).toEqual(['thread:k#1: e0.1 e1.2', 'thread:k#2: e0.1 e1.2']);
  });

  it('closes the dataset when it is left early', async () => {
    let closed = false;
    async function* rows() {
      try {
        yield madeExample({ index: 0 });
        yield madeExample({ index: 1 });
      } finally {
        closed = true;
      }
    }

    for await (const _ of planJobs(rows(), nothingRecorded, alone)) break;

    expect(closed).toBe(true);
  });
});
