/** Of an entry: the halves of its key, the line it was first met in, how often it was met (0: the slot is free). */
const fields = 4;
const fullest = 0.7;

/**
 * Counts keys of 64 even bits, such as a hash's, and knows where each was first met.
 * An entry takes 23 to 46 bytes.
 */
export class KeyTable {
  #slots = 64;
  #size = 0;
  #entries = new Uint32Array(this.#slots * fields);

  /** How many different keys there are. */
  get size(): number {
    return this.#size;
  }

  /**
   * Counts a key.
   * @returns Its entry, good until the next one is added.
   */
  add(high: number, low: number, line: number): { readonly firstLine: number; readonly count: number } {
    if (this.#size >= this.#slots * fullest) this.#grow();
    const at = this.#find(high, low);
    const count = (this.#entries[at + 3] ?? 0) + 1;
    if (count === 1) {
      this.#size++;
      this.#entries[at] = high;
      this.#entries[at + 1] = low;
      this.#entries[at + 2] = line;
    }
    this.#entries[at + 3] = count;
    return { firstLine: this.#entries[at + 2] ?? 0, count };
  }

  has(high: number, low: number): boolean {
    return this.#entries[this.#find(high, low) + 3] !== 0;
  }

  /** Forgets all keys, and keeps the memory for others. */
  clear(): void {
    this.#entries.fill(0);
    this.#size = 0;
  }

  /** Where a key's entry is, or is to be. */
  #find(high: number, low: number): number {
    const entries = this.#entries;
    const mask = this.#slots - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const at = slot * fields;
      if (entries[at + 3] === 0 || (entries[at] === high && entries[at + 1] === low)) return at;
    }
  }

  #grow(): void {
    const old = this.#entries;
    this.#slots *= 2;
    this.#entries = new Uint32Array(this.#slots * fields);
    for (let from = 0; from < old.length; from += fields) {
      if (old[from + 3] === 0) continue;
      const to = this.#find(old[from] ?? 0, old[from + 1] ?? 0);
      for (let field = 0; field < fields; field++) this.#entries[to + field] = old[from + field] ?? 0;
    }
  }
}
