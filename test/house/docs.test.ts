/** Documents say what the code says. `UPDATE_DOCS=1 npx vitest run --project house` writes what is made from it. */

import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandHelp, helpText, overviewText, welcomeText } from '../../src/commands/help.ts';
import { type CommandName, optionsOf, optionTable } from '../../src/options.ts';
import { resultColumnNames } from '../../src/sinks/columns.ts';
import { anchorsOf, codeOf, documents, firstCells, linksOf, root, sectionOf, textOf } from './markdown.ts';
import { renderEnvExample, renderOptionTable } from './option-table.ts';
import { failureCodes, fieldsOf, stringsOf } from './source-facts.ts';

const commands = Object.keys(commandHelp) as CommandName[];
const everyCommand = ['help', 'all', 'version', 'h'];
const knownFlags = new Set([
  ...Object.values(optionTable).flatMap(({ flag }) => (flag === null ? [] : [flag])),
  ...everyCommand,
]);
/** Options of other programs that documents or messages name. */
const foreignFlags = new Set([
  ...['heap-growing-percent', 'import', 'log-maps', 'max-semi-space-size', 'project', 'scenario', 'silent'],
  // of docker, git, pip and langgraph
  ...['cached', 'editable', 'init', 'message', 'no-browser', 'no-reload', 'push-option', 'rm'],
  ...['env-file', 'read-only', 'stop-timeout', 'tmpfs'],
  // of bench/run.mjs
  ...['bytes', 'delay', 'left', 'promptfoo', 'quick', 'rounds', 'rows', 'seconds', 'tokens'],
]);

const flagsIn = (text: string) =>
  [...text.matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)].map(([, flag = '']) => flag);
const unknownFlagsIn = (text: string) =>
  flagsIn(text).filter((flag) => !knownFlags.has(flag) && !foreignFlags.has(flag));

const helpTexts = [
  welcomeText(),
  overviewText(80),
  ...commands.map((command) => helpText(command, 80, true)),
];

/** What is made from the code; written anew where that is asked for. */
function upToDate(path: string, made: string): string {
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(join(root, path), made);
  return textOf(path);
}

const [tableStart, tableEnd] = ['<!-- options -->', '<!-- /options -->'];

describe('what is made from the option table', () => {
  it('is the table in the README', () => {
    const readme = textOf('README.md');
    const from = readme.indexOf(tableStart) + tableStart.length;
    const to = readme.indexOf(tableEnd);
    const made = `${readme.slice(0, from)}\n\n${renderOptionTable()}\n\n${readme.slice(to)}`;

    expect(from).toBeGreaterThan(tableStart.length);
    expect(to).toBeGreaterThan(from);
    expect(upToDate('README.md', made)).toBe(made);
  });

  it('is .env.example, with exactly the variables of the table', () => {
    const made = renderEnvExample();
    const variables = Object.values(optionTable).flatMap((row) => ('env' in row ? [...row.env] : []));

    expect(upToDate('.env.example', made)).toBe(made);
    expect([...made.matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(([, name]) => name)).toEqual(variables);
  });
});

describe('links', () => {
  const links = documents().flatMap((path) => linksOf(textOf(path)).map((target) => ({ path, target })));
  const relative = links.filter(({ target }) => !/^[a-z]+:/.test(target));

  it('point to files that are there, and to headings in them', () => {
    const broken = relative.filter(({ path, target }) => {
      const [file = '', anchor] = target.split('#');
      const to = file === '' ? path : normalize(join(dirname(path), file));
      if (!existsSync(join(root, to))) return true;
      return (
        anchor !== undefined && !(statSync(join(root, to)).isFile() && anchorsOf(textOf(to)).includes(anchor))
      );
    });

    expect(relative.length).toBeGreaterThan(0);
    expect(broken.map(({ path, target }) => `${path} → ${target}`)).toEqual([]);
  });

  it('lead from the README to every page of docs', () => {
    const linked = new Set(
      linksOf(textOf('README.md')).map((target) => normalize(target.split('#')[0] ?? '')),
    );

    expect(documents().filter((path) => path.startsWith('docs/') && !linked.has(path))).toEqual([]);
  });
});

describe('documents name', () => {
  it('every command, in the README', () => {
    const named = firstCells(sectionOf(textOf('README.md'), 'Commands')).map((code) => code.split(' ')[1]);

    expect(named.sort()).toEqual([...commands].sort());
  });

  it('every failure code of the source, and no other', () => {
    const described = firstCells(sectionOf(textOf('docs/guide/failures.md'), 'Codes'));
    const wanted = [...failureCodes(), 'HTTP_<status>'];

    expect(described.length).toBe(new Set(described).size);
    expect([...described].sort()).toEqual(wanted.sort());
  });

  it('the columns of results.csv, in order', () => {
    const columns = firstCells(sectionOf(textOf('docs/guide/results.md'), 'results.csv'));

    expect(columns).toEqual(resultColumnNames);
  });

  it('every field of a record, and no other', () => {
    const described = firstCells(sectionOf(textOf('docs/guide/results.md'), 'results.jsonl'));

    expect([...described].sort()).toEqual([...fieldsOf('JobRecord'), 'crc32'].sort());
  });

  it.for(['Attempt', 'Failure', 'Usage', 'ToolCall', 'Interrupt'])('every field of %s', (name) => {
    const named = new Set(codeOf(sectionOf(textOf('docs/guide/results.md'), 'results.jsonl')));

    expect(fieldsOf(name).filter((field) => !named.has(field))).toEqual([]);
  });

  it('every dependency with its reason, and no other', () => {
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(join(root, 'package.json'), 'utf8'),
    ) as {
      [kind: string]: Record<string, string>;
    };
    const page = textOf('docs/design/dependencies.md');

    expect(firstCells(sectionOf(page, 'At run time')).sort()).toEqual(Object.keys(dependencies ?? {}).sort());
    expect(firstCells(sectionOf(page, 'For development')).sort()).toEqual(
      Object.keys(devDependencies ?? {}).sort(),
    );
  });

  it('no option that does not exist', () => {
    const unknown = documents().flatMap((path) =>
      codeOf(textOf(path)).flatMap((code) => unknownFlagsIn(code).map((flag) => `${path}: --${flag}`)),
    );

    expect(unknown).toEqual([]);
  });

  it('no command that does not exist, and with each only its own options', () => {
    const wrong = documents().flatMap((path) =>
      codeOf(textOf(path)).flatMap((code) => wrongCalls(code).map((call) => `${path}: ${call}`)),
    );

    expect(wrong).toEqual([]);
  });
});

describe('what the program says', () => {
  it('names no command that does not exist', () => {
    // In help a command stands indented or behind a sentence's mark; "threadmill runs a dataset …" is a sentence.
    const named = helpTexts.flatMap((text) =>
      [...text.matchAll(/(?:^ {2,}|[?:] )threadmill ([a-z]+)/gm)].map(([, name]) => name),
    );

    expect(named.length).toBeGreaterThan(commands.length);
    expect(named.filter((name) => !commands.includes(name as CommandName))).toEqual([]);
  });

  it('names no option that does not exist', () => {
    const unknown = [...stringsOf(), ...helpTexts.map((text) => ({ file: 'help', text }))].flatMap(
      ({ file, text }) => unknownFlagsIn(text).map((flag) => `${file}: --${flag}`),
    );

    expect(unknown).toEqual([]);
  });
});

/** Calls of threadmill in a line of code whose command or options are none. */
function wrongCalls(code: string): string[] {
  const [, name, rest = ''] = /(?:^|[\s$])(?:threadmill|node dist\/cli\.js) ([a-z]+)([^#]*)/.exec(code) ?? [];
  if (name === undefined) return [];
  const command = commands.find((known) => known === name);
  if (command === undefined) return [`threadmill ${name}`];
  const known = [...optionsOf(command).map(([, { flag }]) => flag), ...everyCommand];
  return flagsIn(rest)
    .filter((flag) => !known.includes(flag))
    .map((flag) => `threadmill ${name} --${flag}`);
}
