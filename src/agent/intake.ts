/**
 * How much of large answers may lie in memory at once, those that wait for the disk included. Beyond that all but the
 * oldest stop reading, and their servers wait: answers that come whole one after the other take no longer than all of
 * them together, and a slow disk slows the sending.
 */

import type { Backlog } from '../contracts.ts';

/** An answer that is coming. */
export interface Incoming {
  pause(): void;
  resume(): void;
}

export class Intake implements Backlog {
  private readonly mostBytes: number;
  /** The oldest first, with what each holds. */
  private readonly held = new Map<Incoming, number>();
  private readonly paused = new Set<Incoming>();
  /** Of answers that are not whole. */
  private heldBytes = 0;
  /** Of records that wait for the disk. */
  private waitingBytes = 0;

  constructor(mostBytes: number) {
    this.mostBytes = mostBytes;
  }

  /** It holds so much more. */
  take(incoming: Incoming, bytes: number): void {
    this.held.set(incoming, (this.held.get(incoming) ?? 0) + bytes);
    this.heldBytes += bytes;
    if (this.hasRoomFor(incoming) || this.paused.has(incoming)) return;
    this.paused.add(incoming);
    incoming.pause();
  }

  /** It is whole, or broke off. */
  leave(incoming: Incoming): void {
    this.heldBytes -= this.held.get(incoming) ?? 0;
    this.held.delete(incoming);
    this.paused.delete(incoming);
    this.resume();
  }

  add(bytes: number): void {
    this.waitingBytes += bytes;
  }

  remove(bytes: number): void {
    this.waitingBytes -= bytes;
    this.resume();
  }

  private resume(): void {
    if (this.paused.size === 0) return;
    for (const next of this.held.keys()) {
      if (!this.hasRoomFor(next)) return;
      if (!this.paused.delete(next)) continue;
      next.resume();
    }
  }

  /** The oldest may go beyond, or one that is larger than all the room would never come whole. */
  private hasRoomFor(incoming: Incoming): boolean {
    if (this.heldBytes + this.waitingBytes <= this.mostBytes) return true;
    const [oldest] = this.held.keys();
    return oldest === incoming && this.waitingBytes <= this.mostBytes;
  }
}
