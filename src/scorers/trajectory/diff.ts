/** A comparison as a person reads it: a line a call. Pure. */

import { isObject } from '../../json.ts';
import type { Json } from '../../types.ts';
import type { Row } from './compare.ts';
import { fitsValue, type Wanted } from './expected.ts';
import type { Call } from './trajectory.ts';

/** More lines tell a person no more. */
const mostLines = 20;
const mostArgsLength = 120;

const signs = { same: '  ', args: '~ ', missing: '- ', extra: '+ ', free: '  ' } as const;

/** The rows that are told: those allowed to be missing are not, and of many as expected only how many. */
export function diffLines(rows: readonly Row[]): readonly string[] {
  const told = rows.filter(({ sign, call }) => sign !== 'free' || call !== null);
  const isLong = told.length > mostLines;
  const lines = isLong ? told.filter(({ sign }) => sign !== 'same' && sign !== 'free') : told;
  const left = told.length - Math.min(lines.length, mostLines);
  return [
    ...lines.slice(0, mostLines).map(rowLine),
    ...(left > 0 ? [`  … and ${left} more${lines.length < mostLines ? ' as expected or allowed' : ''}`] : []),
  ];
}

function rowLine({ wanted, call, sign, isMoved }: Row): string {
  if (call === null)
    return `${signs[sign]}${wantedText(wanted)}: expected${isMoved ? ' here, called in another place' : ', not called'}`;
  const text = `${signs[sign]}${callText(call)}`;
  if (isMoved) return `${text}: called here, expected in another place`;
  if (sign === 'extra') return `${text}: not expected`;
  if (sign === 'free') return `${text}: allowed`;
  return sign === 'args' ? `${text}: expected ${wantedArgs(wanted, call)}` : text;
}

/** What was called, with arguments cut to what a line holds. */
export function callText(call: Call): string {
  const unread = call.isReadable ? '' : ', which cannot be read and never ran';
  const failed = call.hasFailed ? ', which failed' : '';
  return `${nameText(call.name)}(${argsText(call.args)})${unread}${failed}`;
}

const wantedText = (wanted: Wanted | null): string =>
  wanted === null
    ? ''
    : wanted.args === null
      ? nameText(wanted.name)
      : `${nameText(wanted.name)}(${argsText(wanted.args)})`;

/** Of the arguments that are expected those that are not so. */
function wantedArgs(wanted: Wanted | null, call: Call): string {
  const args = wanted?.args ?? null;
  if (args === null || !isObject(call.args)) return wantedText(wanted);
  const seen = call.args;
  const others = Object.entries(args).filter(([key, value]) => !fitsValue(value, seen[key], 'exact'));
  const unwanted = Object.keys(seen).filter((key) => !Object.hasOwn(args, key));
  if (others.length > 0) return argsText(Object.fromEntries(others));
  return unwanted.length > 0 ? `no ${short(unwanted.map(nameText).join(', '))}` : wantedText(wanted);
}

/** `order: 1001, note: "…"`; what is no object as it is. */
const argsText = (args: Json): string =>
  short(
    isObject(args)
      ? Object.entries(args)
          .map(([key, value]) => `${nameText(key)}: ${valueText(value)}`)
          .join(', ')
      : valueText(args),
  );

const valueText = (value: Json): string => safe(JSON.stringify(value));

const nameText = (name: string): string =>
  /^[\w.:/-]{1,80}$/.test(name) ? name : safe(JSON.stringify(name.slice(0, 80)));

const short = (text: string): string =>
  text.length > mostArgsLength ? `${text.slice(0, mostArgsLength - 1)}…` : text;

/** Characters that would move a terminal's cursor, or turn the line around. */
const safe = (text: string): string =>
  text.replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
