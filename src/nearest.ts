import { distance } from 'fastest-levenshtein';

/**
 * The candidate a mistyped name was most likely meant to be, or null if none is near.
 * Letter case and blanks around do not count; of five letters two may be wrong, so that two may be swapped.
 */
export function nearest(name: string, candidates: Iterable<string>): string | null {
  const meant = name.trim().toLowerCase();
  let best: string | null = null;
  let fewestEdits = Math.max(1, Math.floor(meant.length * 0.4)) + 1;
  for (const candidate of candidates) {
    const edits = distance(meant, candidate.trim().toLowerCase());
    if (edits < fewestEdits) {
      best = candidate;
      fewestEdits = edits;
    }
  }
  return best;
}

/** How many characters (UTF-16 units) must be put in, left out or changed to make one text of the other. */
export const editDistance = (one: string, other: string): number => distance(one, other);
