/** How long a server asks to wait. Pure. */

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * ms the server asks to wait: `Retry-After` in seconds or as a date; null where it says neither. A date is told by the
 * server's clock, so it counts from the answer's own `Date`, and from ours only where there is none.
 */
export function retryAfterMs(headers: Headers, now: Date): number | null {
  const value = firstOf(headers['retry-after']);
  if (value === undefined || value === '') return null;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1_000;
  const until = dateOf(value);
  if (until === null) return null;
  return Math.max(0, until - (dateOf(firstOf(headers['date']) ?? '') ?? now.getTime()));
}

const firstOf = (header: Headers[string]) => (Array.isArray(header) ? header[0] : header)?.trim();

/** An HTTP-date, as ms; null where it is none: `Date.parse` would take a bare number for a year. */
function dateOf(text: string): number | null {
  const date = /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : date;
}
