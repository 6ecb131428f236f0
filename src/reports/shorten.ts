/**
 * Text of at most so many UTF-16 units, ending in `…` where something was cut off.
 *
 * A slice would keep the whole of a long text in memory; so the cut is copied.
 */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const isPairCut = /[\uD800-\uDBFF]/.test(text.charAt(length - 2));
  const start = text.slice(0, length - (isPairCut ? 2 : 1));
  return Buffer.from(`${start}…`, 'utf16le').toString('utf16le');
}
