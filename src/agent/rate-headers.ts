/**
 * What a server says of the rate it allows, on any answer: `RateLimit-Remaining` and `RateLimit-Reset`, or in one
 * `RateLimit: "default";r=0;t=12` (draft-ietf-httpapi-ratelimit-headers). Pure.
 */

import type { HttpHeaders } from './exchange.ts';

/** No reset is waited for longer: what says so is no help, or counts in other units. */
const mostMs = 60_000;

/** ms until the server takes another request; null where it takes one now, or does not say. */
export function rateResetMs(headers: HttpHeaders): number | null {
  if (!names.some((name) => headers[name] !== undefined)) return null;
  const policies = [
    {
      remaining: whole(textOf(headers['ratelimit-remaining'])),
      reset: whole(textOf(headers['ratelimit-reset'])),
    },
    ...textOf(headers['ratelimit']).split(',').map(policyOf),
  ];
  const spent = policies.filter(({ remaining, reset }) => remaining === 0 && reset !== null && reset > 0);
  if (spent.length === 0) return null;
  return Math.min(mostMs, 1_000 * Math.max(...spent.map(({ reset }) => reset ?? 0)));
}

const names = ['ratelimit-remaining', 'ratelimit-reset', 'ratelimit'] as const;

/** `"default";r=0;t=12`. */
function policyOf(text: string) {
  const parameter = (name: string) =>
    whole(new RegExp(`;\\s*${name}=(\\d+)\\s*(?:;|$)`).exec(text)?.[1] ?? '');
  return { remaining: parameter('r'), reset: parameter('t') };
}

const textOf = (header: HttpHeaders[string]): string =>
  (Array.isArray(header) ? header.join(',') : (header ?? '')).trim();

/** Seconds or a count, told as a whole number, as the drafts have it. */
const whole = (text: string): number | null => (/^\d{1,9}$/.test(text) ? Number(text) : null);
