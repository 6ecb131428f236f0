/** Where a text stops being JSON, and why. */
export interface JsonFault {
  /** Index into the text; its length where the text ends too early. */
  readonly at: number;
  /** `expected "," or "}", saw "x"`. */
  readonly problem: string;
}

const blank = /[ \t\n\r]*/y;
const scalar = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const word = /[\w.+-]{1,20}|./suy;

/**
 * Finds what `JSON.parse` only says is there: its messages differ from one Node to the next, and most name no place.
 * @returns Null where the text is JSON.
 */
export function jsonFault(text: string): JsonFault | null {
  return new Scan(text).fault();
}

/** What may come next. `firstName` and `firstValue`: or the end of the object or array just opened. */
type Due = 'value' | 'firstValue' | 'name' | 'firstName' | 'colon' | 'comma' | 'end';

class Scan {
  readonly #text: string;
  #at = 0;
  #due: Due = 'value';
  /** What closes the objects and arrays that are open, outermost first. */
  readonly #closers: string[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  fault(): JsonFault | null {
    for (;;) {
      this.#at = matchEnd(blank, this.#text, this.#at);
      if (this.#at === this.#text.length && this.#due === 'end') return null;
      const fault = this.#takeToken(this.#text.charAt(this.#at));
      if (fault !== null) return fault;
    }
  }

  #takeToken(character: string): JsonFault | null {
    const due = this.#due;
    const closer = this.#closers.at(-1);
    const mayClose = due === 'comma' || due === (closer === '}' ? 'firstName' : 'firstValue');
    if (character !== '' && character === closer && mayClose) {
      this.#closers.pop();
      return this.#passTo(this.#at + 1, this.#afterValue());
    }
    if (character === ':' && due === 'colon') return this.#passTo(this.#at + 1, 'value');
    if (character === ',' && due === 'comma')
      return this.#passTo(this.#at + 1, closer === '}' ? 'name' : 'value');
    if (due === 'name' || due === 'firstName')
      return character === '"' ? this.#takeString('colon') : this.#wrong();
    return due === 'value' || due === 'firstValue' ? this.#takeValue(character) : this.#wrong();
  }

  #takeValue(character: string): JsonFault | null {
    if (character === '"') return this.#takeString(this.#afterValue());
    if (character === '{' || character === '[') {
      this.#closers.push(character === '{' ? '}' : ']');
      return this.#passTo(this.#at + 1, character === '{' ? 'firstName' : 'firstValue');
    }
    const end = matchEnd(scalar, this.#text, this.#at);
    return end === this.#at ? this.#wrong() : this.#passTo(end, this.#afterValue());
  }

  #takeString(due: Due): JsonFault | null {
    const text = this.#text;
    for (let at = this.#at + 1; at < text.length; at++) {
      const character = text.charAt(at);
      if (character === '"') return this.#passTo(at + 1, due);
      if (character < ' ')
        return { at, problem: `expected \\u${hex(character)} in text, saw that character itself` };
      if (character !== '\\') continue;
      const end = matchEnd(escaped, text, at);
      if (end === at)
        return { at, problem: `expected an escape such as \\n or \\u00e9, saw ${text.slice(at, at + 2)}` };
      at = end - 1;
    }
    return { at: this.#at, problem: 'expected the text opened here to be closed by a quote, saw the end' };
  }

  #afterValue(): Due {
    return this.#closers.length === 0 ? 'end' : 'comma';
  }

  #passTo(at: number, due: Due): null {
    this.#at = at;
    this.#due = due;
    return null;
  }

  #wrong(): JsonFault {
    word.lastIndex = this.#at;
    const saw = word.exec(this.#text)?.[0];
    const expected = {
      value: 'a value',
      firstValue: 'a value or "]"',
      name: 'a name in double quotes',
      firstName: 'a name in double quotes or "}"',
      colon: '":"',
      comma: `"," or "${this.#closers.at(-1)}"`,
      end: 'nothing more',
    }[this.#due];
    return {
      at: this.#at,
      problem: `expected ${expected}, saw ${saw === undefined ? 'the end' : shown(saw)}`,
    };
  }
}

function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

const shown = (saw: string) => (saw === '"' ? 'a double quote' : JSON.stringify(saw));
const hex = (character: string) => character.charCodeAt(0).toString(16).padStart(4, '0');
