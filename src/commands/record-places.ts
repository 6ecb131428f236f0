/** Where recorded examples stand in the dataset as it is now, and whether they are still the same. */

import { createHash } from 'node:crypto';
import { ConfigError } from '../errors.ts';
import type { Manifest } from '../results/manifest.ts';
import type { BadRow, Example, JobRecord, Json } from '../types.ts';
import type { Dataset } from './dataset.ts';

export interface RecordPlaces {
  /** Is the dataset as it was at all starts, so that each record's own index holds? */
  readonly isSame: boolean;
  /** Does any of the records that were looked up stand elsewhere than it says? */
  readonly isMoved: boolean;
  /** The place of a record's example; null where it is gone, or was edited. */
  indexOf(record: JobRecord): number | null;
  isChosen(index: number): boolean;
  /** @throws ConfigError that names what is gone or was edited. */
  assertUnchanged(): void;
}

interface KnownExample {
  readonly index: number;
  /** One of each turn, where its row holds several. */
  readonly inputs: readonly string[];
}

const mostNamed = 5;

/** Of an unchanged file each record's own index holds; of another one, each example is looked up by its id. */
export async function recordPlaces(manifest: Manifest | null, dataset: Dataset): Promise<RecordPlaces> {
  const { chosen, facts } = dataset;
  const isWhole = chosen.examples + chosen.badRows === facts.examples;
  const isSame =
    manifest === null || (manifest.dataset.sha256 === facts.sha256 && manifest.dataset.moved !== true);
  const chosenIndexes = new Set<number>();
  const known = new Map<string, KnownExample>();
  if (manifest !== null && !(isWhole && isSame)) {
    for await (const row of dataset.allRows()) {
      if (!isSame) known.set(row.id, knownExample(row));
      if (!isWhole && chosen.has(row)) chosenIndexes.add(row.index);
    }
  }
  const faults: string[] = [];
  let isMoved = false;
  return {
    isSame,
    get isMoved() {
      return isMoved;
    },
    indexOf: (record) => {
      if (isSame) return record.index;
      const example = known.get(record.id);
      const input =
        example?.inputs.length === 1 ? example.inputs[0] : example?.inputs[(record.turn ?? 1) - 1];
      if (example !== undefined && (record.outcome === 'skipped' || input === fingerprint(record.input))) {
        isMoved ||= example.index !== record.index;
        return example.index;
      }
      const what =
        example === undefined
          ? 'is recorded and is not in the dataset any more'
          : 'is recorded and was edited since';
      faults.push(`example ${JSON.stringify(record.id)} ${what}`);
      return null;
    },
    isChosen: (index) => isWhole || chosenIndexes.has(index),
    assertUnchanged: () => {
      if (faults.length === 0) return;
      const more = faults.length > mostNamed ? [`and ${faults.length - mostNamed} more`] : [];
      throw new ConfigError([
        'the dataset is another one; --new starts a batch of its own:',
        ...faults.slice(0, mostNamed),
        ...more,
      ]);
    },
  };
}

function knownExample(row: Example | BadRow): KnownExample {
  const inputs = 'problem' in row ? [] : (row.turns ?? [row.input]);
  return { index: row.index, inputs: inputs.map(fingerprint) };
}

const fingerprint = (input: Json): string =>
  createHash('sha256').update(JSON.stringify(input)).digest('base64').slice(0, 22);
