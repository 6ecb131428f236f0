/** What strangers wrote, made fit for a terminal: shown, never obeyed. */

/**
 * Characters that act instead of being seen: controls (C0, DEL, C1), bidi marks and overrides, invisible
 * spaces and tags, line and paragraph separators, halves of surrogate pairs. Newline and tab are not among them.
 */
const hidden =
  /(?![\n\t])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u{AD}\u{61C}\u{180E}\u{200B}\u{200E}\u{200F}\u{202A}-\u{202E}\u{2060}-\u{206F}\u{FEFF}\u{FFF9}-\u{FFFB}\u{E0000}-\u{E007F}]/gu;

/** Marks and joiners that stand on one letter beyond any script's need: they would climb over other lines. */
const pile = /(?<=[\p{M}\u{200C}\u{200D}]{8})[\p{M}\u{200C}\u{200D}]/gu;

/** Puts another text for each character that a terminal would obey or hide. */
export function replaceHidden(text: string, show: (codePoint: number) => string): string {
  const shown = (character: string) => show(character.codePointAt(0) ?? 0);
  return text.replace(hidden, shown).replace(pile, shown);
}

/** Text with every character that a terminal would obey or hide written out, as `\x1b` or `\u202e`; newlines and tabs stay. */
export function visible(text: string): string {
  return replaceHidden(text.replaceAll('\r\n', '\n'), writtenOut);
}

/** Like `visible`, on one line: a newline is shown as `⏎`, a tab as a space. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll('\n', '⏎').replaceAll('\t', ' ');
}

function writtenOut(codePoint: number): string {
  const hex = codePoint.toString(16);
  if (codePoint <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return codePoint <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

export interface Palette {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
}

/** Colours for text that is already `visible` and cut to its width; without colour they change nothing. */
export function palette(colour: boolean): Palette {
  const style = (on: number, off: number) => (text: string) =>
    colour ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    red: style(31, 39),
    green: style(32, 39),
    yellow: style(33, 39),
  };
}
