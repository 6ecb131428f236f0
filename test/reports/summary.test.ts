import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertAddsUp } from '../../src/reports/balance.ts';
import { createSummary } from '../../src/reports/summary.ts';
import { failureKinds, type JobRecord, outcomeNames } from '../../src/types.ts';
import { madeBatch, madeFailure, madeRecord, madeTrouble } from './made-records.ts';

const end = { batch: madeBatch(), stop: null, elapsedMs: 1_000 };

function summaryOf(records: readonly JobRecord[], planned = records.length) {
  const builder = createSummary();
  for (const record of records) builder.add(record);
  return builder.summarise({ ...end, planned });
}

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

describe('a summary', () => {
  it('counts how the turns ended, those left among them', () => {
    const builder = createSummary();
    builder.replay(madeRecord());
    builder.add(madeRecord({ id: 't-2' }));
    builder.add(madeTrouble('error', 't-3'));
    builder.add(madeTrouble('error', 't-4', { uncertain: true }));
    builder.add(madeTrouble('interrupted', 't-5'));
    builder.add(madeTrouble('skipped', 't-6'));

    const { counts } = builder.summarise({ ...end, batch: madeBatch({ state: 'running' }), planned: 10 });

    expect(counts).toEqual({
      planned: 10,
      success: 2,
      error: 2,
      interrupted: 1,
      skipped: 1,
      not_yet: 4,
      uncertain: 1,
      interrupted_as_expected: 0,
    });
    expect(builder.counts(10)).toEqual(counts);
  });

  it('has counts that add up, whatever the records', () => {
    const failure = fc.record({
      kind: fc.constantFrom(...failureKinds),
      code: fc.string(),
      uncertain: fc.boolean(),
    });
    const record = fc.record({ id: fc.string(), outcome: fc.constantFrom(...outcomeNames), failure });
    fc.assert(
      fc.property(fc.array(record), fc.nat(9), (made, left) => {
        const records = made.map((fields) => madeRecord({ ...fields, failure: madeFailure(fields.failure) }));
        const builder = createSummary();
        for (const each of records) builder.add(each);

        const { counts, failures } = builder.summarise({
          ...end,
          batch: madeBatch({ state: 'running' }),
          planned: records.length + left,
        });

        const { success, error, interrupted, skipped, not_yet } = counts;
        expect(success + error + interrupted + skipped + not_yet).toBe(counts.planned);
        expect(not_yet).toBe(left);
        expect(failures.reduce((sum, { count }) => sum + count, 0)).toBe(error + interrupted + skipped);
      }),
    );
  });

  it('tells as asked what this start asked: not what it found, skipped, or found in flight', () => {
    const builder = createSummary();
    builder.replay(madeRecord({ usage: { input_tokens: 100, output_tokens: 100, total_tokens: 200 } }));
    builder.add(madeRecord({ id: 't-2', usage: { input_tokens: 1, output_tokens: 2, total_tokens: 3 } }));
    builder.add(madeTrouble('error', 't-3'));
    builder.add(madeTrouble('skipped', 't-4'));
    builder.add(madeTrouble('error', 't-5', { kind: 'reset', code: 'LEFT_IN_FLIGHT', uncertain: true }));

    expect(builder.summarise({ ...end, planned: 5 }).asked).toBe(2);
    expect(builder.sinceStart()).toEqual({
      asked: 2,
      usage: { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
    });
  });

  it('takes latencies of answers only, and waits of all', () => {
    const summary = summaryOf([
      madeRecord({ latency_ms: 100, ttft_ms: 10, wait_ms: 1 }),
      { ...madeTrouble('interrupted', 't-2'), latency_ms: 300, ttft_ms: null, wait_ms: 2 },
      { ...madeTrouble('error', 't-3'), latency_ms: 600_000, ttft_ms: 600_000, wait_ms: 3 },
      { ...madeTrouble('skipped', 't-4'), latency_ms: null, ttft_ms: null, wait_ms: null },
    ]);

    expect(summary.latency_ms).toMatchObject({ n: 2, max: 300 });
    expect(summary.ttft_ms).toMatchObject({ n: 1, max: 10 });
    expect(summary.wait_ms).toMatchObject({ n: 3, max: 3 });
  });

  it('sums tokens, and has none where no record told any', () => {
    const usage = { input_tokens: 11, output_tokens: 7, total_tokens: 18 };

    expect(summaryOf([madeRecord()]).usage).toBeNull();
    expect(summaryOf([madeRecord({ usage }), madeRecord(), madeRecord({ usage })]).usage).toEqual({
      input_tokens: 22,
      output_tokens: 14,
      total_tokens: 36,
    });
  });

  it('groups by cause: errors, then what waits, then what was skipped, the most frequent first', () => {
    const { failures } = summaryOf([
      madeTrouble('skipped', 's-1', { kind: 'cancelled', code: 'EARLIER_TURN' }),
      madeTrouble('interrupted', 'i-1', { kind: 'agent', code: 'WAITS_FOR_HUMAN' }),
      madeTrouble('error', 'e-1', { code: 'HTTP_500', message: 'first' }),
      ...['e-2', 'e-3', 'e-4', 'e-5'].map((id) => madeTrouble('error', id, { message: id })),
      madeTrouble('error', 'e-6', { kind: 'agent', code: 'WAITS_FOR_HUMAN' }),
    ]);

    expect(failures.map(({ outcome, code, count }) => [outcome, code, count])).toEqual([
      ['error', 'HTTP_503', 4],
      ['error', 'HTTP_500', 1],
      ['error', 'WAITS_FOR_HUMAN', 1],
      ['interrupted', 'WAITS_FOR_HUMAN', 1],
      ['skipped', 'EARLIER_TURN', 1],
    ]);
    expect(failures[0]).toMatchObject({ message: 'e-2', ids: ['e-2', 'e-3', 'e-4'] });
  });

  it('says of a record without a reason that it has none', () => {
    const { failures } = summaryOf([madeRecord({ outcome: 'error', failure: null })]);

    expect(failures).toEqual([expect.objectContaining({ code: 'NO_REASON', count: 1 })]);
  });

  it('keeps the first three successes as samples', () => {
    const { samples } = summaryOf(
      ['a', 'b', 'c', 'd'].map((id) => madeRecord({ id, response: `${id}!`, turn: 2 })),
    );

    expect(samples).toEqual(
      ['a', 'b', 'c'].map((id) => ({ id, turn: 2, input: 'What is 2 + 2?', response: `${id}!` })),
    );
  });

  it('gives the verdict of its counts and stop', () => {
    const builder = createSummary();
    builder.add(madeRecord());

    const { verdict, stop } = builder.summarise({
      ...end,
      batch: madeBatch({ state: 'stopped' }),
      planned: 2,
      stop: { code: 'signal', signal: 'SIGINT', message: 'Stopped.' },
    });

    expect(verdict).toMatchObject({ exit_code: 130, sentence: 'stopped by SIGINT, 1 of 2 turns left' });
    expect(stop?.message).toBe('Stopped.');
  });
});

describe('a summary of a hostile agent', () => {
  it('keeps no more than a hundred causes of a million, and loses none of the counts', () => {
    const builder = createSummary();
    for (let place = 0; place < 1_000_000; place += 1) {
      builder.add(madeTrouble('error', `t-${place}`, { kind: 'agent', code: `E${place}` }));
    }

    const { failures } = builder.summarise({ ...end, planned: 1_000_000 });

    expect(failures.length).toBe(101);
    expect(failures[0]).toMatchObject({ code: 'OTHER', count: 999_900 });
  });

  it('cuts ids, codes, messages, prompts and answers of a megabyte, and no pair in half', () => {
    const huge = '😀'.repeat(500_000);

    const summary = summaryOf([
      madeRecord({ id: huge, input: { messages: [{ role: 'user', content: huge }] }, response: `x${huge}` }),
      madeTrouble('error', huge, { code: huge, message: `x${huge}` }),
    ]);

    expect(JSON.stringify(summary).length).toBeLessThan(10_000);
    expect(JSON.stringify(summary)).not.toMatch(/\\ud83d/);
    expect(summary.samples[0]?.input).toMatch(/^😀+…$/u);
  });

  it('holds on to none of the megabytes it was cut from', () => {
    const builder = createSummary();
    const before = heapUsed();
    for (let place = 0; place < 100; place += 1) {
      const huge = `${place}`.padEnd(4_000_000, 'x');
      builder.add(madeRecord({ id: huge, input: huge, response: huge }));
      builder.add(madeTrouble('error', huge, { code: `E${place}`, message: huge }));
    }

    const grown = heapUsed() - before;

    expect(grown).toBeLessThan(20_000_000);
    expect(builder.counts(200).success).toBe(100);
  });
});

describe('counts that do not add up', () => {
  const sound = summaryOf([madeRecord(), madeTrouble('error', 't-2')]);

  it('are refused where more turns ended than were planned', () => {
    expect(() => summaryOf([madeRecord(), madeRecord()], 1)).toThrow(
      /do not add up.*1 more turns ended than/,
    );
  });

  it('are refused where a finished batch has turns left', () => {
    expect(() => summaryOf([madeRecord()], 2)).toThrow('a finished batch has turns left');
  });

  it('are refused where turns got lost without a reason', () => {
    const builder = createSummary();

    const summarise = () => builder.summarise({ ...end, batch: madeBatch({ state: 'stopped' }), planned: 1 });

    expect(summarise).toThrow('turns are left and nothing stopped the batch');
  });

  it.each([
    [{ counts: { ...sound.counts, success: 5 } }, 'the parts are not the whole'],
    [{ counts: { ...sound.counts, success: 0.5, not_yet: 0.5 } }, 'no whole number'],
    [
      { counts: { ...sound.counts, uncertain: 2, interrupted_as_expected: 0 } },
      'more turns are uncertain than failed',
    ],
    [{ failures: [] }, '0 turns stand under their causes'],
  ])('are refused by what they contradict: %#', (change, problem) => {
    expect(() => assertAddsUp(sound)).not.toThrow();
    expect(() => assertAddsUp({ ...sound, ...change })).toThrow(problem);
  });
});
