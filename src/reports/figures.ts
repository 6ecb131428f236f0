/** Numbers as people read them. */

/** `1,319`. Not by `Intl`, which takes 40 ms of every start to load its tables. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 turn`, `1,319 turns`. */
export function formatTurns(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'turn' : 'turns'}`;
}

/** `98.3 %`. Says neither 0 % of some nor 100 % of not all. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return '–';
  const percent = (100 * part) / whole;
  if (part > 0 && percent < 0.1) return '<0.1 %';
  if (part < whole && percent > 99.9) return '>99.9 %';
  return `${percent.toFixed(percent === 100 || percent === 0 ? 0 : 1)} %`;
}

/** `0.53 ms`, `812 ms`, `1.24 s`, `12.3 s`, `2m 03s`, `1h 02m`, `3d 04h`. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${threeDigits(ms)} ms`;
  if (ms < 59_950) return `${threeDigits(ms / 1_000)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return pair(seconds, 60, ['m', 's']);
  const minutes = Math.round(ms / 60_000);
  if (minutes < 24 * 60) return pair(minutes, 60, ['h', 'm']);
  return pair(Math.round(ms / 3_600_000), 24, ['d', 'h']);
}

/** Like `formatDuration`, in whole seconds, for what is no more than a guess: `12 s`, `2m 03s`. */
export function formatTimeLeft(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1_000);
}

/** `512 B`, `1.5 KB`, `20 MB`: of 1,000 each. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1_000;
    unit += 1;
  }
  return `${unit === 0 ? formatCount(size) : threeDigits(size)} ${units[unit]}`;
}

/** `1.2/s`, `34/min`, `5.0/h`: to two digits, in the unit that gives at least one. */
export function formatRate(perSecond: number): string {
  if (perSecond >= 1) return `${twoDigits(perSecond)}/s`;
  if (perSecond * 60 >= 1) return `${twoDigits(perSecond * 60)}/min`;
  return `${twoDigits(perSecond * 3_600)}/h`;
}

/** To two digits, for what is no more than a guess: `54,000`. */
export function formatRoughly(count: number): string {
  return formatCount(Number(count.toPrecision(2)));
}

function twoDigits(value: number): string {
  return value < 9.95 ? value.toFixed(1) : formatRoughly(value);
}

/** Three digits at most, or all there are before the point. */
function threeDigits(value: number): string {
  if (value === 0) return '0';
  if (value < 9.995) return value.toFixed(2);
  return value < 99.95 ? value.toFixed(1) : formatCount(value);
}

function pair(count: number, size: number, [large, small]: readonly [string, string]): string {
  return `${formatCount(Math.floor(count / size))}${large} ${String(count % size).padStart(2, '0')}${small}`;
}
