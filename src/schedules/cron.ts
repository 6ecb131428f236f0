/** When a cron expression fires in a time zone. Pure. */

import { Cron } from 'croner';
import { zoneOf } from './zone.ts';

/**
 * Times in ms since 1970. What the wall clock shows twice fires once, at its first; what it leaves out fires, once, when
 * the clock is set past it. The expression is reckoned on the wall clock alone, and then put into time: croner's own
 * way fires `0 1-4 * * *` twice for an hour that comes twice, and not at all for some that are left out.
 */
export interface Timetable {
  /** The first firing after a time; null where there is none any more. */
  after(ms: number): number | null;
  /** The last firing at or before a time; null where there was none. */
  upTo(ms: number): number | null;
}

const fieldsExpected =
  'five fields (minute hour day month weekday), or six with seconds first, such as "0 3 * * 1-5"';

/** Gives the timetable, or what was expected and where. @param cron Five fields, or six with seconds first. */
export function readCron(
  cron: string,
  timezone: string,
): Timetable | { readonly field: 'cron' | 'timezone'; readonly expected: string } {
  const zone = zoneOf(timezone);
  if (zone === null) return { field: 'timezone', expected: 'a time zone such as Europe/Oslo or UTC' };
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== 5 && fields.length !== 6) return { field: 'cron', expected: fieldsExpected };
  const expression = expressionOf(fields.join(' '));
  if (typeof expression === 'string') return { field: 'cron', expected: expression };
  const after = (ms: number): number | null => {
    let label: number | null = zone.labelAt(ms);
    for (;;) {
      label = expression.nextRun(new Date(label))?.getTime() ?? null;
      if (label === null) return null;
      const instant = zone.instantOf(label);
      if (instant > ms) return instant;
    }
  };
  return {
    after: remembering(after),
    upTo: (ms) => {
      // Exclusive of its reference, which has whole seconds.
      const reference = Math.floor(zone.latestLabel(ms) / 1_000) * 1_000 + 1_000;
      const label = expression.previousRuns(1, new Date(reference))[0]?.getTime();
      return label === undefined ? null : zone.instantOf(label);
    },
  };
}

/** Or what was expected instead. */
function expressionOf(cron: string): Cron | string {
  try {
    const expression = new Cron(cron, { timezone: 'UTC', paused: true });
    return expression.nextRun() === null
      ? 'an expression that fires some day; this one never does'
      : expression;
  } catch (error) {
    return `${fieldsExpected} (${error instanceof Error ? error.message : String(error)})`;
  }
}

/** It is asked at every look at the clock, and the answer stays the same until it is past. */
function remembering(after: Timetable['after']): Timetable['after'] {
  let [from, next]: [number, number | null] = [Number.POSITIVE_INFINITY, null];
  return (ms) => {
    if (ms < from || (next !== null && ms >= next)) [from, next] = [ms, after(ms)];
    return next;
  };
}
