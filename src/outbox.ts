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
  close(clean: Clean): Promise<void>;
  /** Writes what was held back, unless the brake found it to be the server's fault. Gives how many are not cleaned up. */
  end(): Promise<number>;
}

/** False: something is left to do later. */
type Clean = () => Promise<boolean>;

/** Of what could not be cleaned up, as many are tried again by this start: the rest is the next one's. */
const mostTriedAgain = 1_000;
const cleanedAtOnce = 10;

export function createOutbox(
  sink: Sink,
  brake: Brake,
  on: { record?: ((record: JobRecord) => void) | undefined; stop: () => void },
): Outbox {
  let held: JobRecord[] = [];
  const unclean: Clean[] = [];
  let left = 0;

  /** Handed over at once, so that they become durable as one group, in this order. */
  const writeOne = async (record: JobRecord) => {
    await sink.write(record);
    on.record?.(record);
  };
  const write = (records: readonly JobRecord[]): Promise<unknown> => {
    const [only] = records;
    return only !== undefined && records.length === 1 ? writeOne(only) : Promise.all(records.map(writeOne));
  };
  const release = async () => {
    const records = held;
    held = [];
    if (brake.stop?.code !== 'unreachable') await write(records);
  };

  return {
    give: async (records) => {
      const [first] = records;
      const word = first === undefined ? 'write' : brake.judge(first);
      if (brake.stop !== null) on.stop();
      if (word === 'hold') held.push(...records);
      if (held.length > 0 && !brake.isUndecided) await release();
      if (word !== 'write') return false;
      await write(records);
      return true;
    },
    close: async (clean) => {
      if (await clean()) return;
      if (unclean.length < mostTriedAgain) unclean.push(clean);
      else left += 1;
    },
    end: async () => {
      await release();
      for (let isAnyClean = true; isAnyClean && unclean.length > 0; ) {
        const cleaned = await Promise.all(unclean.splice(0, cleanedAtOnce).map((clean) => clean()));
        left += cleaned.filter((isClean) => !isClean).length;
        // None: the server is away, and each try may take its whole time limit.
        isAnyClean = cleaned.includes(true);
      }
      return left + unclean.length;
    },
  };
}
