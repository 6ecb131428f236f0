/**
 * How many columns text takes in a terminal, and how it is cut and broken to fit. For text that is `visible`.
 *
 * The widths are an upper bound, so that nothing is ever wider than it should be: emoji that a terminal
 * joins into one (families, skin tones, flags) are counted one by one. Two limits: characters of ambiguous
 * width (`→`, `…`, Greek in some CJK settings) count as one column, and characters newer than Node's Unicode too.
 */

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** More UTF-16 units than any real character has; a longer one is an attack and may be cut anywhere. */
const longestCharacter = 32;

const plain = /^[ -~]*$/;
const noColumn = /^[\p{Mn}\p{Me}\p{Cf}\u{1160}-\u{11FF}\u{D7B0}-\u{D7FF}]$/u;
const twoColumns =
  /^[\p{Emoji_Presentation}\u{1100}-\u{115F}\u{2329}\u{232A}\u{2630}-\u{2637}\u{268A}-\u{268F}\u{2E80}-\u{303E}\u{3041}-\u{A4CF}\u{A960}-\u{A97F}\u{AC00}-\u{D7A3}\u{F900}-\u{FAFF}\u{FE10}-\u{FE19}\u{FE30}-\u{FE6F}\u{FF01}-\u{FF60}\u{FFE0}-\u{FFE6}\u{16FE0}-\u{18DFF}\u{1AFF0}-\u{1B2FF}\u{1D300}-\u{1D37F}\u{1F200}-\u{1F2FF}\u{1F300}-\u{1F64F}\u{1F680}-\u{1F6FF}\u{1F900}-\u{1F9FF}\u{20000}-\u{3FFFD}]$/u;
const emojiStyle = '\u{FE0F}';

/** Columns that one line of text takes at most. */
export function columnsOf(text: string): number {
  if (plain.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += columnsOfOne(character);
  return columns;
}

function columnsOfOne(character: string): number {
  if (character === emojiStyle) return 1;
  if (noColumn.test(character)) return 0;
  return twoColumns.test(character) ? 2 : 1;
}

/** As much of a line as fits into so many columns, ending in `…` where something was cut off. */
export function clip(text: string, columns: number): string {
  if (columns < 1) return '';
  const start = text.slice(0, columns * longestCharacter);
  if (start.length === text.length && columnsOf(text) <= columns) return text;
  return `${startThatFits(start, columns - 1)}…`;
}

/** Breaks a paragraph at its blanks into lines of at most so many columns. A URL is never broken. */
export function wrap(text: string, columns: number): string[] {
  return fill(
    text.split(/\s+/).filter((word) => word !== ''),
    columns,
  );
}

/** Puts words, which may hold blanks, onto lines of at most so many columns. Only a URL may be longer, alone on its line. */
export function fill(words: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of words.flatMap((word) => piecesOf(word, columns))) {
    const longer = line === '' ? piece : `${line} ${piece}`;
    if (line === '' || columnsOf(longer) <= columns) {
      line = longer;
    } else {
      lines.push(line);
      line = piece;
    }
  }
  return line === '' ? lines : [...lines, line];
}

function piecesOf(word: string, columns: number): string[] {
  if (columnsOf(word) <= columns || /^https?:\/\//.test(word)) return [word];
  const pieces: string[] = [];
  let piece = '';
  let taken = 0;
  for (const character of charactersOf(word)) {
    const more = columnsOf(character);
    if (piece !== '' && taken + more > columns) {
      pieces.push(piece);
      piece = '';
      taken = 0;
    }
    piece += character;
    taken += more;
  }
  return [...pieces, piece];
}

function startThatFits(text: string, columns: number): string {
  let start = '';
  let taken = 0;
  for (const character of charactersOf(text)) {
    taken += columnsOf(character);
    if (taken > columns) break;
    start += character;
  }
  return start;
}

/**
 * What a person takes for characters, so that no accent or half of a pair is cut off.
 *
 * Goes through a long text in short windows, as the segmenter takes time by the square of its text.
 */
function* charactersOf(text: string): Generator<string> {
  if (plain.test(text)) return yield* text;
  let at = 0;
  while (at < text.length) {
    const window = text.slice(at, at + 4 * longestCharacter);
    const isLast = at + window.length === text.length;
    for (const { segment, index } of segmenter.segment(window)) {
      const mayGoOn = !isLast && index + segment.length === window.length;
      if (mayGoOn && index > 0) break;
      if (segment.length <= longestCharacter) yield segment;
      else yield* segment;
      at += segment.length;
    }
  }
}
