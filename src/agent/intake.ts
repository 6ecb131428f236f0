/**
 * How much of unfinished large answers may lie in memory at once. Beyond that all but the oldest stop reading, and
 * their servers wait: answers that come whole one after the other take no longer than all of them together.
 */

/** An answer that is coming. */
export interface Incoming {
  pause(): void;
  resume(): void;
}

export class Intake {
  private readonly mostBytes: number;
  /** The oldest first, with what each holds. */
  private readonly held = new Map<Incoming, number>();
  private readonly paused = new Set<Incoming>();
  private bytes = 0;

  constructor(mostBytes: number) {
    this.mostBytes = mostBytes;
  }

  /** It holds so much more. */
  add(incoming: Incoming, bytes: number): void {
    this.held.set(incoming, (this.held.get(incoming) ?? 0) + bytes);
    this.bytes += bytes;
    if (this.bytes <= this.mostBytes || this.isOldest(incoming) || this.paused.has(incoming)) return;
    this.paused.add(incoming);
    incoming.pause();
  }

  /** It is whole, or broke off. */
  leave(incoming: Incoming): void {
    this.bytes -= this.held.get(incoming) ?? 0;
    this.held.delete(incoming);
    this.paused.delete(incoming);
    if (this.paused.size === 0) return;
    for (const next of this.held.keys()) {
      if (!this.paused.has(next)) continue;
      if (this.bytes > this.mostBytes && !this.isOldest(next)) return;
      this.paused.delete(next);
      next.resume();
    }
  }

  private isOldest(incoming: Incoming): boolean {
    const [oldest] = this.held.keys();
    return oldest === incoming;
  }
}
