/** Which of a dataset's first rows nothing is left to do for, so that a start need not read them again. */

import { idHashOf } from '../sinks/digest.ts';
import type { RecordIndex } from '../sinks/record-index.ts';
import type { Segments } from '../sinks/segments.ts';
import { createZeros } from '../sinks/zeros.ts';
import type { Intent } from '../types.ts';
import type { Dataset } from './dataset.ts';

export interface Passing {
  /** Told of each record. */
  see(index: number, idHash: number): void;
  /** The last of the rows that can be passed over; null where they are few. @param open What is not closed yet. */
  lastPassed(open: Iterable<Intent>): number | null;
}

/** Fewer are read again in no time. */
const fewestPassed = 1_000;

export function createPassing(
  dataset: Dataset,
  index: RecordIndex,
  repeat: number,
  memory: Segments,
): Passing {
  const idHashes = createZeros(Int32Array, memory);
  const isSimple = isOneTurnEach(dataset);

  /** Has it a record for each trial? One that was skipped may have to be asked by now. */
  const isRecorded = (at: number): boolean => {
    for (let trial = 1; trial <= repeat; trial += 1) {
      const outcome = index.outcomeOf({ index: at, trial, turn: 1 });
      if (outcome === null || outcome === 'skipped') return false;
    }
    return true;
  };

  return {
    see: (at, idHash) => {
      if (isSimple) idHashes.set(at, idHash);
    },
    lastPassed: (open) => {
      if (!isSimple) return null;
      // Of two ids with one hash one is read for nothing, and no more.
      const inFlight = new Set<number>();
      for (const { key } of open) inFlight.add(idHashOf(key.slice(key.indexOf(':') + 1)) | 0);
      let at = 0;
      while (at < dataset.facts.examples && isRecorded(at) && !inFlight.has(idHashes.get(at))) at += 1;
      return at < fewestPassed ? null : at - 1;
    },
  };
}

/** All rows chosen, and each of them one turn: then a row's records alone tell whether it is done with. */
function isOneTurnEach({ facts, chosen }: Dataset): boolean {
  return (
    facts.conversations === 0 &&
    facts.roles.thread === null &&
    facts.badRows === 0 &&
    facts.numberedIds === 0 &&
    chosen.examples === facts.examples
  );
}
