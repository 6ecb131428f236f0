/**
 * When a cron expression fires in a time zone, by looking at every minute: what the timetables are held against. It
 * shares no code with them and knows no library but `Intl`.
 */

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * All firings from a time up to, and without, another, ms since 1970. A minute that the wall clock shows twice fires at its
 * first; minutes that it leaves out fire together, when it is set past them.
 *
 * @param cron Five fields: numbers, names, lists, ranges, steps. A field is free where it is `*`; where both the day of
 *   the month and the weekday are not, either will do.
 * @param from A whole minute, as is `to`.
 */
export function reckonFirings(cron: string, timezone: string, from: number, to: number): number[] {
  const fires = expressionOf(cron);
  const firings: number[] = [];
  // A day earlier, to know what the clock has shown already.
  let shown = Number.NEGATIVE_INFINITY;
  for (const { at, label } of minutesOf(timezone, from - dayMs, to)) {
    if (label <= shown) continue;
    const first = shown === Number.NEGATIVE_INFINITY ? label : shown + minuteMs;
    let isDue = false;
    for (let each = first; each <= label; each += minuteMs) isDue ||= fires(each);
    if (isDue && at >= from) firings.push(at);
    shown = label;
  }
  return firings;
}

/** Every minute, with what the wall clock shows: as a time in ms, as if it were UTC. */
function* minutesOf(timezone: string, from: number, to: number) {
  const wallClock = wallClockOf(timezone);
  for (let at = from; at < to; at += hourMs) {
    const offset = wallClock(at) - at;
    // A year has 525,600 minutes: those of an hour that begins and ends alike are not looked up each.
    const isPlain = wallClock(at + hourMs) - (at + hourMs) === offset;
    for (let minute = at; minute < Math.min(at + hourMs, to); minute += minuteMs) {
      yield { at: minute, label: isPlain ? minute + offset : wallClock(minute) };
    }
  }
}

function wallClockOf(timezone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat('sv-SE', {
    ...{ timeZone: timezone, year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
  });
  // Swedes write 2026-03-29 03:00:00.
  return (ms) => Date.parse(`${format.format(ms).replace(' ', 'T')}Z`);
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

function expressionOf(cron: string): (label: number) => boolean {
  const fields = cron.split(' ');
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  if (fields.length !== 5) throw new Error(`reckoning: five fields, not ${cron}`);
  const ofMinute = fieldOf(minute, 0, 59);
  const ofHour = fieldOf(hour, 0, 23);
  const ofDay = fieldOf(day, 1, 31);
  const ofMonth = fieldOf(named(month, months, 1), 1, 12);
  const asWritten = fieldOf(named(weekday, weekdays, 0), 0, 7);
  // Sunday is 0 and 7.
  const ofWeekday = (value: number) => asWritten(value) || (value === 0 && asWritten(7));
  const isDay = (date: Date) =>
    day !== '*' && weekday !== '*'
      ? ofDay(date.getUTCDate()) || ofWeekday(date.getUTCDay())
      : ofDay(date.getUTCDate()) && ofWeekday(date.getUTCDay());
  return (label) => {
    // Of most minutes no more need be known.
    if (!ofMinute((label / minuteMs) % 60)) return false;
    const date = new Date(label);
    return ofHour(date.getUTCHours()) && ofMonth(date.getUTCMonth() + 1) && isDay(date);
  };
}

const named = (field: string, names: readonly string[], first: number) =>
  field.replace(/[a-z]{3}/gi, (name) => String(names.indexOf(name.toUpperCase()) + first));

function fieldOf(field: string, lowest: number, highest: number): (value: number) => boolean {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const match = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (match === null) throw new Error(`reckoning: no field ${field}`);
    const [, low, high, step] = match;
    const from = Number(low ?? lowest);
    const to = low === undefined ? highest : Number(high ?? low);
    for (let value = from; value <= to; value += Number(step ?? 1)) values.add(value);
  }
  return (value) => values.has(value);
}
