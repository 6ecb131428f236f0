/** Where words go: text for people to stderr, results to stdout. */

import type { Config } from '../options.ts';
import { shownJson } from '../reports/json.ts';
import { visible } from '../reports/terminal.ts';
import { wrap } from '../reports/width.ts';
import { type Io, widthOf } from './io.ts';

/** A line for people, unless they want none. */
export function say(io: Io, { quiet }: Pick<Config, 'quiet'>, text: string): void {
  if (!quiet) io.stderr.write(`${wrap(visible(text), widthOf(io.stderr)).join('\n')}\n`);
}

/** A line for scripts. */
export function sayJson(
  io: Io,
  { json }: Pick<Config, 'json'>,
  line: { readonly [name: string]: unknown },
): void {
  if (json) io.stdout.write(`${shownJson(line)}\n`);
}
