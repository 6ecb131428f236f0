/** Values that come one after another: what is to be known of their mean. */

import { mostBootstrapped } from './bootstrap.ts';
import { Moments } from './moments.ts';
import { type Clustered, Spread, type StandardError } from './standard-error.ts';

/** Keeps a few thousand values, for what is drawn from them; of more it keeps sums alone, and one for each cluster. */
export class Sample {
  /** As if each stood alone. */
  readonly moments = new Moments();
  private readonly spread = new Spread();
  private kept: Clustered[] = [];

  add(value: Clustered): void {
    this.moments.add(value.value);
    this.spread.add(value);
    if (this.moments.n <= mostBootstrapped) this.kept.push(value);
    else if (this.kept.length > 0) this.kept = [];
  }

  get n(): number {
    return this.moments.n;
  }

  get mean(): number {
    return this.spread.mean;
  }

  /** Null for fewer than two units. */
  error(): StandardError | null {
    return this.spread.error();
  }

  /** All of them, while they are few enough to be drawn from; else none. */
  get drawable(): readonly Clustered[] {
    return this.kept;
  }
}
