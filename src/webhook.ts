/** Who is told of batches, and how: webhooks, and a URL that hears a sign of life. Out of the options. Pure. */

import { isIP } from 'node:net';
import type { NoticeName, webhookFormats } from './notice.ts';
import type { Config } from './options.ts';
import { isPrivateAddress } from './private-address.ts';

/** A URL that requests are sent to unattended. It may hold a secret: only its origin is ever shown. */
export interface Target {
  readonly url: string;
  /** May it be on this machine, or on a private network? */
  readonly allowPrivate: boolean;
}

export interface Webhook extends Target {
  /** Stands for it in files. */
  readonly name: string;
  /** Whose notices it is told; null: those of a run by hand. */
  readonly schedule: string | null;
  /** Signs what is sent; null where nobody looks: Slack. */
  readonly secret: string | null;
  readonly format: (typeof webhookFormats)[number];
  readonly on: readonly NoticeName[];
}

export const shownOrigin = ({ url }: Pick<Target, 'url'>): string => new URL(url).origin;

/** What is wrong with it, without showing it; null where nothing is that can be known before it is resolved. */
export function targetFault({ url, allowPrivate }: Target): string | null {
  if (!URL.canParse(url))
    return 'expected a URL such as https://example.com/hook, got something else (not shown)';
  const { protocol, username, password, hostname } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') return `expected an https URL, got one of ${protocol}`;
  if (username !== '' || password !== '') return 'expected no user in the URL (not shown)';
  return addressFault(hostname.replace(/^\[|\]$/g, ''), { url, allowPrivate });
}

/**
 * Why nothing is sent there; null where it may be. What is sent over plain http can be read on the way, so that it
 * stays on private networks.
 * @param host An address; a name says nothing before it is resolved, but for this machine's own.
 */
export function addressFault(host: string, { url, allowPrivate }: Target): string | null {
  const isPlain = new URL(url).protocol === 'http:';
  if (isPlain && !allowPrivate) return 'expected an https URL; plain http stays on private networks';
  const isName = isIP(host.replace(/%.*$/, '')) === 0;
  const isPrivate = isName ? /(^|\.)localhost\.?$/i.test(host) : isPrivateAddress(host);
  if (isPrivate && !allowPrivate) return `${host} is on a private network or this machine itself`;
  if (isPlain && !isPrivate && !isName) return `${host} is no private address: expected https`;
  return null;
}

type NotifyOptions = Pick<Config, 'notify' | 'notifyFormat' | 'notifyAllowPrivate' | 'notifySecret' | 'ping'>;

export interface Told {
  readonly webhook: Webhook | null;
  readonly ping: Target | null;
  /** A sentence each. */
  readonly faults: readonly string[];
}

/** Whom a run by hand tells. */
export function toldOf(options: NotifyOptions, env: Readonly<Record<string, string | undefined>>): Told {
  const { notify, notifyFormat, notifyAllowPrivate, notifySecret, ping } = options;
  const faults: string[] = [];
  const targetOf = (flag: string, given: string | null): Target | null => {
    if (given === null) return null;
    let isSet = true;
    const url = given.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, variable: string) => {
      const found = env[variable]?.trim() ?? '';
      if (found === '')
        faults.push(`${flag}: expected \${${variable}} in the environment or .env, got nothing`);
      isSet &&= found !== '';
      return found;
    });
    if (!isSet) return null;
    const target = { url, allowPrivate: notifyAllowPrivate };
    const fault = targetFault(target);
    if (fault === null) return target;
    const cure = notifyAllowPrivate ? '' : '; --notify-allow-private allows private addresses, over http too';
    faults.push(`${flag}: ${fault}${cure}`);
    return null;
  };
  const target = targetOf('--notify', notify);
  if (notify !== null && notifyFormat === 'json' && notifySecret === null)
    faults.push(
      '--notify: expected THREADMILL_NOTIFY_SECRET in the environment or .env, which signs each notice; or --notify-format slack',
    );
  const rest = { name: 'run', schedule: null, secret: notifySecret, format: notifyFormat, on: ofARun };
  return {
    webhook: target === null ? null : { ...target, ...rest },
    ping: targetOf('--ping', ping),
    faults,
  };
}

const ofARun = ['started', 'finished', 'failed', 'regressed', 'recovered'] as const;
