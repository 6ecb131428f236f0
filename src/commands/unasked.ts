/** Scripted answers that no run asked for: told at the end, for the agent went another way than was written down. */

import type { JobRecord } from '../types.ts';

const mostNamed = 3;

export class Unasked {
  private readonly ids: string[] = [];
  private count = 0;

  /** Is told of each record of this start. */
  see({ id, answers_left: left = 0 }: JobRecord): void {
    if (left === 0) return;
    this.count += 1;
    if (this.ids.length < mostNamed) this.ids.push(id);
  }

  notes(): readonly string[] {
    if (this.count === 0) return [];
    const more = this.count > this.ids.length ? '…' : '';
    const which = `${this.ids.map((id) => JSON.stringify(id)).join(', ')}${more}`;
    return this.count === 1
      ? [`one turn ended with scripted answers left that nothing asked for: ${which}`]
      : [`${this.count} turns ended with scripted answers left that nothing asked for: ${which}`];
  }
}
