import { describe, expect, it } from 'vitest';
import { commandHelp, helpText } from '../../src/commands/help.ts';
import { type CommandName, optionsOf } from '../../src/options.ts';

const commands = Object.keys(commandHelp) as CommandName[];
const screenLines = 24;
const lines = (text: string) => text.trimEnd().split('\n');
const flagsOf = (command: CommandName) =>
  optionsOf(command).flatMap(([, { flag }]) => (flag === null ? [] : [flag]));
const toldIn = (text: string, flag: string) => new RegExp(`^ .*--${flag}\\b(?!-)`, 'm').test(text);

describe('the help of a command', () => {
  it.each(commands)('fits a screen, with an example: %s', (command) => {
    const told = lines(helpText(command, 80));

    expect(told.length).toBeLessThanOrEqual(screenLines);
    expect(Math.max(...told.slice(0, -1).map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(told.at(-1)).toBe(`Example: ${commandHelp[command].example}`);
  });

  it.each(commands)('tells every option, at once or with --all: %s', (command) => {
    const [common, all] = [helpText(command, 80), helpText(command, 80, true)];
    const flags = flagsOf(command);

    const left = flags.filter((flag) => !toldIn(common, flag)).length;

    expect(flags.filter((flag) => !toldIn(all, flag))).toEqual([]);
    if (left > 0)
      expect(common).toContain(`threadmill ${command} --help --all tells the other ${left} options.`);
    else expect(all).toBe(common);
  });

  it('begins with what most people need of a run', () => {
    const text = helpText('run', 80);

    const wanted = ['url', 'agent', 'local', 'out', 'dry-run', 'limit', 'concurrency'];
    expect(wanted.filter((flag) => !toldIn(text, flag))).toEqual([]);
    expect(toldIn(text, 'connect-timeout')).toBe(false);
  });
});
