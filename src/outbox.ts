/** Between jobs and the sink: asks the brake about each record, and holds back those that may not count. */

import type { Brake } from './brake.ts';
import type { Sink } from './contracts.ts';
import type { JobRecord } from './types.ts';

export interface Outbox {
  /**
   * Takes the records of one turn and of those skipped because of it; resolves once they are durable.
   * False: they are held back or left out, and their job is not over.
   */
  give(records: readonly JobRecord[]): Promise<boolean>;
  /** Cleans up after a job; what does not work is tried again at the end. */
  close(clean: () => Promise<boolean>): Promise<void>;
  /** Writes what was held back, unless the brake found it to be the server's fault. Gives what could not be cleaned. */
  end(): Promise<number>;
}

export function createOutbox(
  sink: Sink,
  brake: Brake,
  on: { record?: ((record: JobRecord) => void) | undefined; stop: () => void },
): Outbox {
  let held: JobRecord[] = [];
  let unclean: (() => Promise<boolean>)[] = [];

  const write = async (records: readonly JobRecord[]) => {
    for (const record of records) {
      await sink.write(record);
      on.record?.(record);
    }
  };
  const release = async () => {
    const records = held;
    held = [];
    await write(records);
  };

  return {
    give: async (records) => {
      const [first] = records;
      const word = first === undefined ? 'write' : brake.judge(first);
      if (brake.stop !== null) on.stop();
      if (word === 'drop') return false;
      if (word === 'hold') {
        held.push(...records);
        return false;
      }
      await release();
      await write(records);
      return true;
    },
    close: async (clean) => {
      if (!(await clean())) unclean.push(clean);
    },
    end: async () => {
      if (brake.stop === null || brake.stop.code === 'brake') await release();
      const again = unclean;
      unclean = [];
      for (const clean of again) if (!(await clean())) unclean.push(clean);
      return unclean.length;
    },
  };
}
