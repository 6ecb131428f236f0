/** The option table as the README shows it, and as `.env.example`. Pure. */

import { type CommandName, type OptionRow, optionGroups, optionsOf, optionTable } from '../../src/options.ts';

type Row = OptionRow<unknown>;
const otherCommands: readonly CommandName[] = ['retry', 'check', 'report', 'clean', 'schedule', 'serve'];

/** All options of `run` by group, then those of other commands that `run` has not, or has with another meaning. */
export function renderOptionTable(): string {
  const ofRun = optionsOf('run').map(([, row]) => row);
  const groups = optionGroups.map((group) => {
    const rows = ofRun.filter((row) => row.group === group);
    return `**${group}**\n\n${table(rows.map((row) => [optionCell(row), ...factCells(row)]))}`;
  });
  const others = otherCommands.flatMap((command) =>
    own(command).map((row) => [`\`${command}\` ${optionCell(row)}`, ...factCells(row)]),
  );
  return [...groups, `**Other commands**\n\n${table(others)}`, ...otherCommands.flatMap(shared)].join('\n\n');
}

/** Every variable of the table, to be filled in; those that have a default as comments. */
export function renderEnvExample(): string {
  const rows = (Object.values(optionTable) as Row[]).filter((row) => row.env !== undefined);
  return [
    '# Copy this file to .env, in the directory where threadmill is started, and fill it in.',
    "# A flag wins over the shell's own variables, and these over .env. Keep .env out of git: it holds a key.",
    ...rows.map((row) => `\n${variableLines(row)}`),
    '',
  ].join('\n');
}

function variableLines({ help, flag, env = [], default: given }: Row): string {
  const [first = '', ...others] = env;
  const about = `# ${help[0]?.toUpperCase()}${help.slice(1)} (${flag === null ? 'no flag: a secret' : `--${flag}`}).`;
  const line = given === undefined ? `${first}=` : `# ${first}=${given}`;
  return [about, line, ...others.flatMap((name) => ['# Read where that one is not set:', `# ${name}=`])].join(
    '\n',
  );
}

const own = (command: CommandName): Row[] =>
  optionsOf(command).flatMap(([, row]) => (row.commands.includes('run') ? [] : [row]));

/** Which options a command shares with `run`. */
function shared(command: CommandName): string[] {
  const flags = optionsOf(command).flatMap(([, { flag, commands }]) =>
    flag !== null && commands.includes('run') ? [`\`--${flag}\``] : [],
  );
  return flags.length === 0 ? [] : [`\`${command}\` also takes, as above: ${flags.join(', ')}.`];
}

function table(rows: readonly (readonly string[])[]): string {
  const lines = [['option', 'default', 'meaning', 'environment'], ['---', '---', '---', '---'], ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function optionCell({ flag, alias, kind }: Row): string {
  if (flag === null) return 'none: a secret is no flag';
  const value =
    kind.placeholder === null ? '' : flag === 'local' ? `[=${kind.placeholder}]` : ` ${kind.placeholder}`;
  const long = `\`--${flag}${value.replaceAll('|', '\\|')}\``;
  return alias === undefined ? long : `\`-${alias}\`, ${long}`;
}

function factCells({ kind, help, env, default: given }: Row): string[] {
  const none = kind.placeholder === null ? 'off' : '';
  return [
    given === undefined ? none : `\`${given}\``,
    help.replaceAll('|', '\\|'),
    (env ?? []).map((name) => `\`${name}\``).join(', else '),
  ];
}
