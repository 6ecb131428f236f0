/** Which examples a batch is about: `--limit`, `--offset`, `--sample`, `--ids`. Conversations are taken whole. */

import { ConfigError } from './errors.ts';
import { seededRandom } from './random.ts';
import type { BadRow, Example } from './types.ts';

export interface SelectionOptions {
  readonly limit: number | null;
  readonly offset: number;
  readonly sample: number | null;
  readonly seed: number;
  readonly ids: readonly string[] | null;
}

/** The choice, once the whole dataset was offered. */
export interface Chosen {
  has(row: Example | BadRow): boolean;
  /** How many rows a conversation by thread column has. */
  threadSize(thread: string): number;
  readonly examples: number;
  readonly badRows: number;
  /** Of one trial, bad rows left out. */
  readonly turns: number;
}

interface Offered {
  readonly index: number;
  readonly thread: string | null;
  readonly turns: number;
  readonly isBad: boolean;
}

const mostNamed = 5;

/** Is offered every row once, in order; keeps the conversations' sizes and, with `--sample`, the sample. */
export class Chooser {
  private readonly options: SelectionOptions;
  private readonly random: () => number;
  /** Of `--ids`: those not met so far. */
  private readonly missingIds: Set<string>;
  private readonly threadSizes = new Map<string, number>();
  private readonly chosenThreads = new Set<string>();
  private readonly sample: Offered[] = [];
  private passed = 0;
  private single = { examples: 0, badRows: 0, turns: 0 };

  constructor(options: SelectionOptions) {
    this.options = options;
    this.random = seededRandom(options.seed);
    this.missingIds = new Set(options.ids);
  }

  offer(row: Example | BadRow): void {
    const isBad = 'problem' in row;
    const thread = isBad ? null : (row.thread ?? null);
    if (thread !== null) this.threadSizes.set(thread, (this.threadSizes.get(thread) ?? 0) + 1);
    if (!this.passes(row)) return;
    const offered = { index: row.index, thread, turns: isBad ? 0 : (row.turns?.length ?? 1), isBad };
    if (this.options.sample === null) this.take(offered);
    else this.draw(offered, this.options.sample);
  }

  /** @throws ConfigError where an id of `--ids` is not there. */
  choose(): Chosen {
    if (this.missingIds.size > 0) {
      const named = [...this.missingIds].slice(0, mostNamed).map((id) => JSON.stringify(id));
      const more = this.missingIds.size - named.length;
      throw new ConfigError(
        `--ids: the dataset has no example ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
      );
    }
    for (const offered of this.sample) this.take(offered);
    let { examples, turns } = this.single;
    for (const thread of this.chosenThreads) {
      const rows = this.threadSizes.get(thread) ?? 0;
      examples += rows;
      turns += rows;
    }
    const { sample, ids } = this.options;
    const indexes = sample === null ? null : new Set(this.sample.map(({ index }) => index));
    const idSet = ids === null ? null : new Set(ids);
    return {
      has: (row) => {
        if (!('problem' in row) && row.thread !== undefined) return this.chosenThreads.has(row.thread);
        return indexes === null
          ? this.isInRange(row.index) && (idSet === null || idSet.has(row.id))
          : indexes.has(row.index);
      },
      threadSize: (thread) => this.threadSizes.get(thread) ?? 0,
      examples,
      badRows: this.single.badRows,
      turns,
    };
  }

  private passes(row: Example | BadRow): boolean {
    const isNamed = this.options.ids === null || this.missingIds.delete(row.id);
    return isNamed && this.isInRange(row.index);
  }

  private isInRange(index: number): boolean {
    const { offset, limit } = this.options;
    return index >= offset && (limit === null || index < offset + limit);
  }

  private take({ thread, turns, isBad }: Offered): void {
    if (thread !== null) this.chosenThreads.add(thread);
    else if (isBad) this.single.badRows += 1;
    else {
      this.single.examples += 1;
      this.single.turns += turns;
    }
  }

  /** Reservoir sampling (Vitter 1985, algorithm R): each row is as likely, and one pass is enough. */
  private draw(offered: Offered, size: number): void {
    this.passed += 1;
    const at = this.sample.length < size ? this.sample.length : Math.floor(this.random() * this.passed);
    if (at < size) this.sample[at] = offered;
  }
}
