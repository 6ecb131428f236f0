/** Those under way, or in line, of whom thousands come and go a second. */

export interface Placed {
  /** Where it stands among the others: the crowd's own to set. */
  place: number;
}

/**
 * No `Set`: each one deleted leaves a hole, and when there are too many V8 moves the rest to a new table, to which the old
 * one points. The first such table that is garbage of the old space keeps all tables after it, and all that was in them
 * (docs/design/memory.md).
 */
export class Crowd<One extends Placed> {
  private readonly all: One[] = [];

  add(one: One): void {
    one.place = this.all.length;
    this.all.push(one);
  }

  /** The last one takes its place; nothing happens where it is gone already. */
  remove(one: One): void {
    if (this.all[one.place] !== one) return;
    const last = this.all.pop();
    if (last === undefined || last === one) return;
    this.all[one.place] = last;
    last.place = one.place;
  }

  /** Those who are there now: any of them may leave meanwhile. */
  now(): readonly One[] {
    return [...this.all];
  }
}
