import { describe, expect, it } from 'vitest';
import { createBrake } from '../src/brake.ts';
import type { Sink } from '../src/contracts.ts';
import { SinkError } from '../src/errors.ts';
import { createOutbox } from '../src/outbox.ts';
import type { Failure, JobRecord } from '../src/types.ts';
import type { MaxErrors } from '../src/values.ts';
import { madeFailure, madeRecord } from './reports/made-records.ts';
import { gate } from './support/gate.ts';

const record = (id: string, fields: Partial<JobRecord> = {}) => madeRecord({ id, ...fields });
const error = (id: string, failure: Partial<Failure> = {}) =>
  record(id, { outcome: 'error', failure: madeFailure(failure), response: null });
const skipped = (id: string) =>
  record(id, { outcome: 'skipped', failure: madeFailure({ code: 'EARLIER_TURN' }) });
const boom = (id: string) => error(id, { kind: 'agent', code: 'AGENT_FAILED', may_have_run: true });
const refused = (id: string) => error(id, { kind: 'connect', code: 'CONNECT_REFUSED' });
const keyRefused = (id: string) => error(id, { kind: 'auth', code: 'KEY_REFUSED' });

/** An outbox before a sink that remembers. */
function outboxOf({ maxErrors = null, write }: { maxErrors?: MaxErrors | null; write?: Sink['write'] } = {}) {
  const written: string[] = [];
  const told: string[] = [];
  let stops = 0;
  const sink: Sink = {
    write: async (each) => {
      await write?.(each);
      written.push(each.id);
    },
    close: async () => {},
  };
  const brake = createBrake(maxErrors, 1_000);
  const outbox = createOutbox(sink, brake, {
    record: ({ id }) => told.push(id),
    stop: () => {
      stops += 1;
    },
  });
  return { outbox, brake, written, told, isStopped: () => stops > 0 };
}

const numbered = (count: number, of: (id: string) => JobRecord) =>
  Array.from({ length: count }, (_, at) => of(`r${at}`));

describe('the outbox', () => {
  it('writes the records of a turn in order, and tells of each once it is durable', async () => {
    const durable = gate();
    const { outbox, told } = outboxOf({ write: () => durable.opened });

    const giving = outbox.give([boom('a'), skipped('b'), skipped('c')]);
    expect(told).toEqual([]);
    durable.open();

    expect(await giving).toBe(true);
    expect(told).toEqual(['a', 'b', 'c']);
  });

  it('hands the records of a turn over at once, to become durable as one group', async () => {
    const all = gate();
    const handed: string[] = [];
    const { outbox } = outboxOf({
      write: ({ id }) => {
        if (handed.push(id) === 3) all.open();
        return all.opened;
      },
    });

    await outbox.give([boom('a'), skipped('b'), skipped('c')]);

    expect(handed).toEqual(['a', 'b', 'c']);
  });

  it('has nothing to do where there is no record', async () => {
    const { outbox, written } = outboxOf();

    expect(await outbox.give([])).toBe(true);
    expect(written).toEqual([]);
  });

  it('says that the sink is broken, at once and at the end', async () => {
    const { outbox, told } = outboxOf({
      write: async () => {
        throw new SinkError('disk full');
      },
    });

    await expect(outbox.give([record('a')])).rejects.toThrow(SinkError);
    await outbox.give([refused('b')]).catch(() => {});
    expect(told).toEqual([]);
  });
});

describe('the outbox while the first turns are refused', () => {
  it('leaves no record of any once ten were, and stops the batch', async () => {
    const { outbox, written, told, isStopped, brake } = outboxOf();

    const given = [];
    for (const each of numbered(13, refused)) given.push(await outbox.give([each]));
    await outbox.end();

    expect(given).toEqual(Array(13).fill(false));
    expect(brake.stop?.code).toBe('unreachable');
    expect(isStopped()).toBe(true);
    expect(written).toEqual([]);
    expect(told).toEqual([]);
  });

  it('writes them in order as soon as something else ended', async () => {
    const { outbox, written, told, isStopped } = outboxOf();

    for (const each of numbered(4, refused)) await outbox.give([each]);
    expect(written).toEqual([]);
    expect(await outbox.give([record('good')])).toBe(true);
    expect(await outbox.give([refused('late')])).toBe(true);

    expect(written).toEqual(['r0', 'r1', 'r2', 'r3', 'good', 'late']);
    expect(told).toEqual(written);
    expect(isStopped()).toBe(false);
  });

  it('writes them at the end where there are no ten', async () => {
    const { outbox, written } = outboxOf();

    for (const each of numbered(9, refused)) await outbox.give([each]);
    await outbox.end();

    expect(written).toEqual(numbered(9, refused).map(({ id }) => id));
  });

  it('goes on holding them while turns are skipped, and where nothing is new', async () => {
    const { outbox, written } = outboxOf();

    await outbox.give([refused('a')]);
    await outbox.give([skipped('bad row')]);
    await outbox.give([]);

    expect(written).toEqual(['bad row']);
  });

  it('gives a conversation’s skipped turns the fate of the first', async () => {
    const held = outboxOf();
    await held.outbox.give([refused('a'), skipped('b'), skipped('c')]);
    expect(held.written).toEqual([]);
    await held.outbox.give([record('good')]);
    expect(held.written).toEqual(['a', 'b', 'c', 'good']);

    const dropped = outboxOf();
    for (const each of numbered(10, refused)) await dropped.outbox.give([each, skipped(`${each.id}-later`)]);
    await dropped.outbox.end();
    expect(dropped.written).toEqual([]);
  });

  it('writes what may have run, though the batch stops', async () => {
    const { outbox, written, brake } = outboxOf();
    const mayHaveRun = { code: 'HTTP_503', may_have_run: true, uncertain: true };

    for (const [at, each] of numbered(10, (id) => error(id)).entries())
      await outbox.give([at % 2 === 0 ? each : error(each.id, mayHaveRun)]);
    await outbox.end();

    expect(brake.stop?.code).toBe('unreachable');
    expect(written).toEqual(['r1', 'r3', 'r5', 'r7', 'r9']);
  });
});

describe('the outbox at a stop', () => {
  it('leaves no record of what needs a person, and writes what was held for another cause', async () => {
    const { outbox, written, isStopped } = outboxOf();

    await outbox.give([refused('a'), skipped('b')]);
    expect(await outbox.give([keyRefused('c'), skipped('d')])).toBe(false);
    expect(isStopped()).toBe(true);
    await outbox.give([record('in flight')]);
    await outbox.end();

    expect(written).toEqual(['a', 'b', 'in flight']);
  });

  it('writes everything where the brake stops it', async () => {
    const { outbox, written, isStopped } = outboxOf({ maxErrors: { count: 2 } });

    await outbox.give([refused('a')]);
    expect(await outbox.give([boom('b')])).toBe(true);

    expect(isStopped()).toBe(true);
    expect(written).toEqual(['a', 'b']);
  });
});

describe('the outbox cleaning up', () => {
  it('tries once more at the end what did not work', async () => {
    const { outbox } = outboxOf();
    const tries: string[] = [];
    const clean = (name: string, results: boolean[]) => async () => {
      tries.push(name);
      return results.shift() ?? false;
    };

    await outbox.close(clean('good', [true]));
    await outbox.close(clean('late', [false, true]));
    await outbox.close(clean('never', [false, false]));

    expect(await outbox.end()).toBe(1);
    expect(tries).toEqual(['good', 'late', 'never', 'late', 'never']);
  });

  it('gives up where none of ten works any more, and still counts them all', async () => {
    const { outbox } = outboxOf();
    let tries = 0;
    for (let n = 0; n < 1_500; n += 1) {
      await outbox.close(async () => {
        tries += 1;
        return false;
      });
    }

    expect(await outbox.end()).toBe(1_500);
    expect(tries).toBe(1_510);
  });
});
