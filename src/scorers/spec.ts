/** How a scorer is named: `numeric:0.01`, `regex:^yes,as=polite`, `./mine.ts`. Pure. */

import { nameOfFile, namesFile } from './own/file-name.ts';

export interface ScorerSpec {
  readonly kind: string;
  /** All behind the colon; null: there is none. */
  readonly argument: string | null;
  /** The name that its scores are kept under. */
  readonly name: string;
}

/** At the end, so that whatever stands before it may hold commas. */
const naming = /,as=([a-z][\w-]*)$/i;

/** What is wrong with the name behind `,as=`, which would else be taken for a part of the argument; null: nothing is. */
export function namingFault(text: string): string | null {
  const [, name] = /,as=([^,]*)$/i.exec(text) ?? [];
  if (name === undefined || naming.test(text)) return null;
  return `${text}: expected behind as= a name of letters, digits, _ and - that begins with a letter, got ${JSON.stringify(name)}`;
}

/** Reads what names a scorer; whether there is such a one shows where it is made. */
export function parseScorerSpec(text: string): ScorerSpec {
  const as = naming.exec(text);
  const spec = as === null ? text : text.slice(0, as.index);
  if (namesFile(spec)) return { kind: 'file', argument: spec, name: as?.[1] ?? nameOfFile(spec) };
  const colon = spec.indexOf(':');
  const kind = (colon === -1 ? spec : spec.slice(0, colon)).trim();
  const argument = colon === -1 ? null : spec.slice(colon + 1);
  const name = kind === 'file' ? nameOfFile(argument ?? '') : kind;
  return { kind, argument, name: as?.[1] ?? name };
}
