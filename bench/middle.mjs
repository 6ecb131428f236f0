/** The middle, and what lies further out. */

/** Nearest rank; null of nothing. */
export function quantile(values, share) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

export const median = (values) => quantile(values, 0.5);
