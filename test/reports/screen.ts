/** A terminal of so many columns, as far as the progress display uses one: what a person would see. */

export interface Screen {
  /** Gives `write` to the program, with the bytes as they came. */
  readonly stream: { write(text: string): void };
  readonly writes: readonly string[];
  /** Rows from the top, colours left out. The last one is where the cursor is. */
  readonly rows: readonly string[];
  /** From 0. */
  readonly cursor: number;
  /** Rows that went on to a next one because they were too long. */
  readonly wrapped: number;
  columns: number;
}

export function createScreen(columns: number): Screen {
  const writes: string[] = [];
  const rows: string[] = [''];
  let cursor = 0;
  let wrapped = 0;

  const put = (character: string) => {
    if (cursor >= screen.columns) {
      rows.push('');
      cursor = 0;
      wrapped += 1;
    }
    const row = Array.from(rows.pop() ?? '');
    row[cursor] = character;
    rows.push(row.join(''));
    cursor += 1;
  };
  const obey = (token: string) => {
    if (token === '\n') {
      rows.push('');
      cursor = 0;
    } else if (token === '\r') cursor = 0;
    else if (token === '\x1b[K')
      rows.push(
        Array.from(rows.pop() ?? '')
          .slice(0, cursor)
          .join(''),
      );
    else if (/^\p{Cc}\[\d+m$/u.test(token)) return;
    else if (/^\p{Cc}/u.test(token)) throw new Error(`the screen knows no ${JSON.stringify(token)}`);
    else put(token);
  };

  const screen = {
    stream: {
      write(text: string) {
        writes.push(text);
        for (const [token] of text.matchAll(/\p{Cc}\[[\d;]*[A-Za-z]|./gsu)) obey(token);
      },
    },
    writes,
    rows,
    get cursor() {
      return cursor;
    },
    get wrapped() {
      return wrapped;
    },
    columns,
  };
  return screen;
}
