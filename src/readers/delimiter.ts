const delimiters = [',', ';', '\t'] as const;

/**
 * What the header's cells are told apart by: of comma, semicolon and tab the most frequent one outside of quotes.
 *
 * @param text From the file's first character on.
 * @returns Null while the text ends before the header does.
 */
export function delimiterOf(text: string, isWhole: boolean): string | null {
  const counts = new Map<string, number>(delimiters.map((delimiter) => [delimiter, 0]));
  let isQuoted = false;
  let isBlank = true;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    const endsLine = !isQuoted && (character === '\n' || character === '\r');
    if (endsLine && !isBlank) return mostFrequent(counts);
    if (character.trim() !== '' || character === '\t') isBlank = false;
    const count = counts.get(character);
    if (!isQuoted && count !== undefined) counts.set(character, count + 1);
  }
  return isWhole ? mostFrequent(counts) : null;
}

function mostFrequent(counts: ReadonlyMap<string, number>): string {
  let best: string = delimiters[0];
  for (const [delimiter, count] of counts) if (count > (counts.get(best) ?? 0)) best = delimiter;
  return best;
}
