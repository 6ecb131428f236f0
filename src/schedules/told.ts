/** Whom a schedule tells: its `notify` and its `ping`. Pure. */

import { isObject } from '../json.ts';
import { type NoticeName, noticeNames, webhookFormats } from '../notice.ts';
import type { Json } from '../types.ts';
import { type Target, targetFault, type Webhook } from '../webhook.ts';
import type { Faults, Path } from './faults.ts';

interface Reading {
  readonly schedule: string;
  readonly path: Path;
  readonly faults: Faults;
}

const keys = ['url', 'secret', 'format', 'on', 'allow_private'] as const;
/** What a person is to hear of. */
const heardOf = ['failed', 'regressed', 'recovered', 'missed'] as const satisfies readonly NoticeName[];

/** One webhook, or a list of them. No value of theirs is shown: it may be a secret. */
export function readWebhooks(value: Json, { schedule, path, faults }: Reading): readonly Webhook[] {
  if (value === null) return [];
  const isList = Array.isArray(value);
  return (isList ? value : [value]).flatMap((one, at) => {
    const place = isList ? [...path, at] : path;
    return readWebhook(one, `${schedule} ${at + 1}`, { schedule, path: place, faults }) ?? [];
  });
}

function readWebhook(value: Json, name: string, { schedule, path, faults }: Reading): Webhook | undefined {
  if (!isObject(value)) {
    faults.add(path, 'notify: expected {url: "${ALERT_URL}", secret: "${ALERT_SECRET}"}, or a list of such');
    return undefined;
  }
  for (const key of Object.keys(value))
    if (!keys.some((known) => known === key)) faults.unknown([...path, key], key, keys);
  const { secret = null } = value;
  const target = readTarget(value, { path, faults });
  const format = oneOf(value['format'] ?? 'json', webhookFormats);
  if (format === undefined)
    faults.add([...path, 'format'], `format: expected ${webhookFormats.join(' or ')}`);
  const on = listOf(value['on'] ?? [...heardOf]).map((event) => oneOf(event, noticeNames));
  const known = on.filter((event) => event !== undefined);
  if (known.length < on.length || on.length === 0)
    faults.add([...path, 'on'], `on: expected one or more of ${noticeNames.join(', ')}`);
  const isSigned = typeof secret === 'string' && secret !== '';
  if (!isSigned && (secret !== null || format === 'json'))
    faults.add(
      [...path, 'secret'],
      'secret: expected some text, as "${ALERT_SECRET}", which signs each notice',
    );
  if (target === undefined || format === undefined) return undefined;
  return { ...target, name, schedule, format, on: known, secret: isSigned ? secret : null };
}

/** `ping: url`, or `ping: {url: …, allow_private: true}`. */
export function readPing(value: Json, { path, faults }: Omit<Reading, 'schedule'>): Target | null {
  if (value === null) return null;
  if (!isObject(value)) return readTarget({ url: value }, { path, faults }) ?? null;
  for (const key of Object.keys(value))
    if (!['url', 'allow_private'].includes(key))
      faults.unknown([...path, key], key, ['url', 'allow_private']);
  return readTarget(value, { path, faults }) ?? null;
}

function readTarget(
  { url = null, allow_private: allowPrivate = false }: { readonly [key: string]: Json },
  { path, faults }: Omit<Reading, 'schedule'>,
): Target | undefined {
  if (typeof allowPrivate !== 'boolean')
    faults.add([...path, 'allow_private'], 'allow_private: expected true or false');
  const target = { url: typeof url === 'string' ? url : '', allowPrivate: allowPrivate === true };
  const fault = targetFault(target);
  if (fault === null) return target;
  const cure = target.allowPrivate ? '' : '; "allow_private: true" allows private addresses, over http too';
  faults.add([...path, 'url'], `url: ${fault}${cure}`);
  return undefined;
}

const oneOf = <const T extends string>(value: Json, choices: readonly T[]): T | undefined =>
  choices.find((choice) => choice === value);

const listOf = (value: Json): readonly Json[] => (Array.isArray(value) ? value : [value]);
