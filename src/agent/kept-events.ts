/**
 * Pieces of bytes, copied one behind the other. Views into what came off the network would keep an object of each piece and
 * its memory alive: thousands that V8 copies again and again.
 */
export class KeptEvents {
  private bytes = Buffer.allocUnsafeSlow(4 * 1024);
  private ends: number[] = [];
  private used = 0;

  get byteLength(): number {
    return this.used;
  }

  add(piece: Buffer): void {
    const end = this.used + piece.length;
    if (end > this.bytes.length) this.grow(end);
    piece.copy(this.bytes, this.used);
    this.used = end;
    this.ends.push(end);
  }

  /** All pieces in their order, each good until the next one is added; none are kept any more. */
  take(): Buffer[] {
    const pieces = this.ends.map((end, at) => this.bytes.subarray(this.ends[at - 1] ?? 0, end));
    this.ends = [];
    this.used = 0;
    return pieces;
  }

  private grow(length: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.bytes.length));
    this.bytes.copy(larger, 0, 0, this.used);
    this.bytes = larger;
  }
}
