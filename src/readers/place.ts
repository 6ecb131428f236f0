const lineFeed = 10;
const carriageReturn = 13;
const byteOrderMark = 0xfeff;

/** Where in a file one is, as an editor shows it: both from 1; CRLF, LF and CR each end a line. */
export class Place {
  line: number;
  column: number;
  #previous = 0;

  constructor(line = 1, column = 1) {
    this.line = line;
    this.column = column;
  }

  /** Moves on over this text. */
  pass(text: string): void {
    let { line, column } = this;
    let previous = this.#previous;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === lineFeed || code === carriageReturn) {
        if (code === carriageReturn || previous !== carriageReturn) line++;
        column = 1;
      } else if (code !== byteOrderMark) {
        column++;
      }
      previous = code;
    }
    this.line = line;
    this.column = column;
    this.#previous = previous;
  }
}
