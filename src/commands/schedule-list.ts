/** `threadmill schedule --list`: when each schedule fires next. */

import type { Config } from '../options.ts';
import { shownJson } from '../reports/json.ts';
import { visibleLine } from '../reports/terminal.ts';
import type { Schedule, Schedules } from '../schedules/schedule.ts';
import type { Io } from './io.ts';

const listed = 5;

export function listFirings({ all }: Schedules, { asJson }: Pick<Config, 'asJson'>, io: Io): number {
  const nowMs = io.runtime.date().getTime();
  const lists = all.map((schedule) => ({ schedule, firings: nextFirings(schedule, nowMs) }));
  io.stdout.write(asJson ? `${shownJson(lists.map(jsonOf), 2)}\n` : lists.map(textOf).join('\n'));
  return 0;
}

interface Listed {
  readonly schedule: Schedule;
  readonly firings: readonly number[];
}

function nextFirings({ timetable }: Schedule, nowMs: number): number[] {
  const firings: number[] = [];
  for (let at = timetable.after(nowMs); at !== null && firings.length < listed; at = timetable.after(at))
    firings.push(at);
  return firings;
}

const jsonOf = ({ schedule, firings }: Listed) => {
  const { name, cron, timezone, dataset } = schedule;
  return { schedule: name, cron, timezone, dataset, next: firings.map((at) => new Date(at).toISOString()) };
};

function textOf({ schedule, firings }: Listed): string {
  const { name, cron, timezone, dataset } = schedule;
  const lines = firings.map((at) => `  ${inZone(at, timezone)}${timezone === 'UTC' ? '' : `  ${utc(at)}`}\n`);
  return `${visibleLine(name)}: ${cron} (${timezone}), ${visibleLine(dataset)}\n${lines.join('')}`;
}

const utc = (at: number) => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** As in "Sun 2026-11-29 03:00:00 GMT+1". */
function inZone(at: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, weekday: 'short', year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZoneName: 'short' },
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? '';
  const day = `${part('weekday')} ${part('year')}-${part('month')}-${part('day')}`;
  return `${day} ${part('hour')}:${part('minute')}:${part('second')} ${part('timeZoneName')}`;
}
