const byteOrderMark = '\uFEFF';

/** Where in a file one is, as an editor shows it: both from 1; CRLF, LF and CR each end a line. */
export class Place {
  line: number;
  column: number;
  #isAfterReturn = false;

  constructor(line = 1, column = 1) {
    this.line = line;
    this.column = column;
  }

  /** Moves on over this text: by what stands in it few times, since all of a dataset passes here. */
  pass(text: string): void {
    if (text === '') return;
    const lineStart = 1 + Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'));
    if (lineStart > 0) {
      this.line += lineEndsIn(text);
      if (this.#isAfterReturn && text.startsWith('\n')) this.line--;
      this.column = 1;
    }
    const rest = text.slice(lineStart);
    this.column += rest.length - countOf(byteOrderMark, rest);
    this.#isAfterReturn = text.endsWith('\r');
  }
}

function lineEndsIn(text: string): number {
  return countOf('\n', text) + countOf('\r', text) - countOf('\r\n', text);
}

function countOf(part: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) count++;
  return count;
}
