/** What stands behind `tools:`: `subset,args=ignored,forbid=delete_*`. Pure. */

import { ConfigError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { toolModes } from './trajectory/compare.ts';
import { argsModes } from './trajectory/expected.ts';
import { type ToolsOptions, toolsDefaults } from './trajectory/score.ts';

export interface ToolsArgument {
  readonly options: ToolsOptions;
  /** Is a conversation compared as a whole, with its last turn? */
  readonly isWhole: boolean;
}

type Asked = { -readonly [K in keyof ToolsOptions]: ToolsOptions[K] } & { isWhole: boolean };

/** A word that may stand there, and what it changes. */
interface Word {
  /** How it is written, for messages. */
  readonly as: string;
  /** What stands behind its `=`; null: it takes nothing. False: it is not such a thing. */
  readonly set: (asked: Asked, value: string | null) => boolean;
}

const ofChoice = <const C extends readonly string[]>(
  name: string,
  choices: C,
  set: (asked: Asked, choice: C[number]) => void,
): Word => ({
  as: `${name}=${choices.join('|')}`,
  set: (asked, value) => {
    const choice = choices.find((one) => one === value);
    if (choice !== undefined) set(asked, choice);
    return choice !== undefined;
  },
});

const ofNames = (name: string, set: (asked: Asked, names: readonly string[]) => void): Word => ({
  as: `${name}=tool|tool*`,
  set: (asked, value) => {
    const names = (value ?? '').split('|').map((each) => each.trim());
    const isSuch = names.every((each) => each !== '');
    if (isSuch) set(asked, names);
    return isSuch;
  },
});

const ofItself = (name: string, set: (asked: Asked) => void): Word => ({
  as: name,
  set: (asked, value) => {
    if (value === null) set(asked);
    return value === null;
  },
});

const words: Readonly<Record<string, Word>> = {
  ...Object.fromEntries(
    toolModes.map((mode) => [
      mode,
      ofItself(mode, (asked) => {
        asked.mode = mode;
      }),
    ]),
  ),
  args: ofChoice('args', argsModes, (asked, args) => {
    asked.args = args;
  }),
  parallel: ofChoice('parallel', ['in-order', 'free'], (asked, parallel) => {
    asked.parallel = parallel;
  }),
  failed: ofChoice('failed', ['counted', 'left-out'], (asked, failed) => {
    asked.failed = failed;
  }),
  forbid: ofNames('forbid', (asked, names) => {
    asked.forbidden = [...asked.forbidden, ...names];
  }),
  ignore: ofNames('ignore', (asked, names) => {
    asked.ignored = [...asked.ignored, ...names];
  }),
  max: {
    as: 'max=n',
    set: (asked, value) => {
      const isSuch = value !== null && /^\d{1,6}$/.test(value);
      if (isSuch) asked.mostCalls = Number(value);
      return isSuch;
    },
  },
  'no-repeat': ofItself('no-repeat', (asked) => {
    asked.isRepeatForbidden = true;
  }),
  whole: ofItself('whole', (asked) => {
    asked.isWhole = true;
  }),
};

/** @throws ConfigError with every word that is none, or stands there twice. */
export function parseToolsArgument(argument: string | null): ToolsArgument {
  const asked: Asked = { ...toolsDefaults, isWhole: false };
  const faults: string[] = [];
  const seen = new Set<string>();
  for (const part of argument === null ? [] : argument.split(',').map((each) => each.trim())) {
    const equals = part.indexOf('=');
    const name = (equals === -1 ? part : part.slice(0, equals)).trim();
    const value = equals === -1 ? null : part.slice(equals + 1).trim();
    const word = Object.hasOwn(words, name) ? words[name] : undefined;
    const slot = isMode(name) ? 'mode' : name;
    if (word === undefined) faults.push(unknown(name));
    else if (!word.set(asked, value)) faults.push(`tools: expected ${word.as}, got ${JSON.stringify(part)}`);
    else if (seen.has(slot)) faults.push(twice(slot, part));
    seen.add(slot);
  }
  if (faults.length > 0) throw new ConfigError(faults);
  const { isWhole, ...options } = asked;
  return { options, isWhole };
}

const isMode = (name: string): boolean => toolModes.some((mode) => mode === name);

const twice = (slot: string, part: string): string =>
  slot === 'mode'
    ? `tools: expected one of ${toolModes.join(', ')}, got ${JSON.stringify(part)} beside another`
    : `tools: expected ${slot} once, got ${JSON.stringify(part)} too; several names go with | between`;

function unknown(name: string): string {
  const meant = nearest(name, Object.keys(words));
  const expected =
    meant === null
      ? `one of ${Object.values(words)
          .map(({ as }) => as)
          .join(', ')}`
      : `perhaps ${meant}`;
  return `tools: expected ${expected}, got ${JSON.stringify(name)}`;
}
