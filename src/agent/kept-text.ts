/** Text that comes in thousands of small pieces and is rarely read: kept as bytes, not as a string for each of them. */

export interface KeptText {
  readonly isEmpty: boolean;
  /** Left out once there is more than is kept. */
  add(text: string): void;
  toString(): string;
}

/** UTF-16 units gathered before they are made bytes. */
const gatheredLength = 4_096;

/** @param mostLength UTF-16 units, about. */
export function createKeptText(mostLength: number): KeptText {
  const kept: Buffer[] = [];
  let gathered = '';
  let length = 0;
  return {
    get isEmpty() {
      return length === 0;
    },
    add: (text) => {
      if (length >= mostLength) return;
      gathered += text;
      length += text.length;
      if (gathered.length < gatheredLength || isHalf(gathered)) return;
      kept.push(Buffer.from(gathered));
      gathered = '';
    },
    toString: () => kept.map((bytes) => bytes.toString('utf8')).join('') + gathered,
  };
}

/** Does it end between the halves of a surrogate pair? */
const isHalf = (text: string): boolean => (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800;
