/** A dataset may hold an expression, a path or a schema for each row: only so many are kept compiled. */
const mostKept = 500;

/** Makes something of each text once, as long as it is among the last few hundred: it knows how often it took too long. */
export function kept<T>(make: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    if (known.size >= mostKept) known.clear();
    const made = make(text);
    known.set(text, made);
    return made;
  };
}
