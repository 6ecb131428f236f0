/** From the command line to a command, its positional and its options' texts: yargs, told by the option table. */

import yargs from 'yargs';
import { ConfigError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { type CommandName, optionsOf } from '../options.ts';
import { commandHelp } from './help.ts';

export interface Arguments {
  readonly command: CommandName;
  readonly target: string | undefined;
  /** Of a command that takes two. */
  readonly second: string | undefined;
  /** By flag; a list where given more than once. */
  readonly flags: Record<string, unknown>;
}

interface Positional {
  readonly what: string;
  readonly isNeeded: boolean;
  /** What the second one is, which is needed then. */
  readonly second?: string;
}

/** Which commands take a positional, and what it is. */
const positionals: Partial<Record<CommandName, Positional>> = {
  run: { what: 'a dataset', isNeeded: true },
  retry: { what: 'a batch directory', isNeeded: true },
  score: { what: 'a batch directory', isNeeded: true },
  answer: { what: 'a batch directory', isNeeded: true, second: 'a file of decisions' },
  report: { what: 'a batch directory', isNeeded: true },
  compare: {
    what: 'a batch directory or baseline file',
    isNeeded: true,
    second: 'a second one, the candidate',
  },
  plan: { what: 'a batch directory or baseline file', isNeeded: true },
  clean: { what: 'a batch directory', isNeeded: true },
  serve: { what: 'a langgraph.json', isNeeded: false },
  schedule: { what: 'a file of schedules', isNeeded: true },
};

/** @throws ConfigError that names the nearest command or option. */
export function parseArguments(argv: readonly string[]): Arguments {
  const [name = '', ...rest] = argv;
  const commands = Object.keys(commandHelp);
  if (!commands.includes(name)) {
    throw new ConfigError(
      `${JSON.stringify(name)} is no command${didYouMean(nearest(name, commands))}; threadmill --help lists them`,
    );
  }
  const command = name as CommandName;
  assertValues(command, rest);
  const parsed = parse(command, rest);
  const {
    _: [target, ...others],
    ...flags
  } = parsed;
  const faults = unknownFlags(command, flags);
  const positional = positionals[command];
  if (positional?.isNeeded && target === undefined)
    faults.push(`${command}: expected ${positional.what}, as ${commandHelp[command].example}`);
  const [second, ...more] = positional?.second === undefined ? [undefined, ...others] : others;
  if (positional?.second !== undefined && target !== undefined && second === undefined)
    faults.push(`${command}: expected ${positional.second}, as ${commandHelp[command].example}`);
  const extra = positional === undefined ? [target, ...more] : more;
  faults.push(
    ...extra
      .filter((arg) => arg !== undefined)
      .map((arg) => `${command}: ${JSON.stringify(arg)} is one argument too many`),
  );
  if (faults.length > 0) throw new ConfigError(faults);
  const textOf = (arg: string | number | undefined) => (arg === undefined ? undefined : String(arg));
  return { command, target: textOf(target), second: textOf(second), flags };
}

function parse(
  command: CommandName,
  argv: readonly string[],
): { _: (string | number)[]; [flag: string]: unknown } {
  // The one option whose value may be left out: with an empty one nothing behind it is taken for it.
  const complete = argv.map((arg) => (arg === '--local' ? '--local=' : arg));
  const parser = yargs(complete)
    .help(false)
    .version(false)
    .exitProcess(false)
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'strip-aliased': true,
    })
    .fail((message, error) => {
      throw error ?? new ConfigError(message);
    });
  for (const [, { flag, alias, kind }] of optionsOf(command)) {
    if (flag === null) continue;
    const shape =
      kind.placeholder === null ? ({ type: 'boolean' } as const) : ({ type: 'string', nargs: 1 } as const);
    parser.option(flag, { ...shape, ...(alias !== undefined && { alias }) });
  }
  const { $0: _, ...parsed } = parser.parseSync();
  return parsed;
}

/** An option that takes a value has one behind it, and not the next option. */
function assertValues(command: CommandName, argv: readonly string[]): void {
  const faults = optionsOf(command).flatMap(([, { flag, alias, kind }]) => {
    if (flag === null || flag === 'local' || kind.placeholder === null) return [];
    const isMissing = argv.some(
      (arg, at) => (arg === `--${flag}` || arg === `-${alias}`) && !isValue(argv[at + 1]),
    );
    return isMissing ? [`--${flag}: expected ${kind.expects}, got nothing`] : [];
  });
  if (faults.length > 0) throw new ConfigError(faults);
}

const isValue = (next: string | undefined) => next !== undefined && !/^--?[a-z]/i.test(next);

function unknownFlags(command: CommandName, flags: Readonly<Record<string, unknown>>): string[] {
  const known = optionsOf(command).flatMap(([, { flag }]) => (flag === null ? [] : [flag]));
  return Object.keys(flags)
    .filter((flag) => !known.includes(flag))
    .map((flag) => {
      const dashes = flag.length === 1 ? '-' : '--';
      const near = nearest(flag, known);
      return `${dashes}${flag} is no option of ${command}${didYouMean(near === null ? null : `--${near}`)}; threadmill ${command} --help lists them`;
    });
}

const didYouMean = (near: string | null | undefined) => (near ? `, did you mean ${near}?` : '');
