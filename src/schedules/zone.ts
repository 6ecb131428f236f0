/**
 * The wall clock of a time zone. What it shows is called a label: a number of ms, as if what it shows were UTC. Pure.
 */

export interface Zone {
  /** What the wall clock shows at an instant. */
  labelAt(ms: number): number;
  /** The latest label that it has shown up to an instant: more than it shows now, where it was set back since. */
  latestLabel(ms: number): number;
  /** When a label is shown, the first time; of one that is left out, when the clock is set past it. */
  instantOf(label: number): number;
}

/** Within a day of each change there is no other, in any zone there is. */
const dayMs = 86_400_000;
/** No clock is set back further; one that is, is one that people would look for the day in. */
const furthestBackMs = 3 * 3_600_000;

/** Null where there is no such zone. */
export function zoneOf(name: string): Zone | null {
  const format = formatOf(name);
  if (format === null) return null;
  const offsetAt = (ms: number) => labelOf(format, ms) - Math.floor(ms / 1_000) * 1_000;
  /** The first instant of the other offset. @param from Has one offset. @param to Has the other. */
  const changeBetween = (from: number, to: number) => {
    const before = offsetAt(from);
    let [low, high] = [from, to];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offsetAt(middle) === before) low = middle;
      else high = middle;
    }
    return high;
  };
  return {
    labelAt: (ms) => ms + offsetAt(ms),
    latestLabel: (ms) => {
      const from = ms - furthestBackMs;
      const [before, now] = [offsetAt(from), offsetAt(ms)];
      if (now >= before) return ms + now;
      return Math.max(ms + now, changeBetween(from, ms) - 1 + before);
    },
    instantOf: (label) => {
      const [before, after] = [offsetAt(label - dayMs), offsetAt(label + dayMs)];
      const first = [label - before, label - after]
        .sort((one, other) => one - other)
        .find((ms) => ms + offsetAt(ms) === label);
      return first ?? changeBetween(label - dayMs, label + dayMs);
    },
  };
}

function formatOf(name: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en', {
      timeZone: name,
      calendar: 'gregory',
      hourCycle: 'h23',
      ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
  } catch {
    return null;
  }
}

/** To the second, as zones are. */
function labelOf(format: Intl.DateTimeFormat, ms: number): number {
  const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
