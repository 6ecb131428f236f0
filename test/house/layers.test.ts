/** Imports go one way: a folder imports the ground and itself; commands alone pick concrete modules. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../src');
const ground = [
  'types',
  'contracts',
  'errors',
  'runtime',
  'config',
  'options',
  'values',
  'nearest',
  'nesting',
  'dotenv',
  'durable',
  'scratch',
  'access',
  'rules',
  'outcome',
  'price',
  'loose',
  'random',
  'json',
  'asked',
  'crowd',
  'glob',
  'yaml',
  'gate',
  'expectation',
  'summary-types',
  'comparison-types',
  'drift-types',
  'metric-types',
  'history-types',
  'notice',
  'webhook',
  'private-address',
  'retry-after',
  'atomic',
  'undici',
  'json-path',
  'time-limit',
  'package-root',
];
/** Above the ground, below the commands: the way of one row. */
const way = [
  'job',
  'selection',
  'retry',
  'tries',
  'outage',
  'round',
  'climb',
  'concurrency',
  'attempt',
  'judging',
  'try',
  'record',
  'talk',
  'brake',
  'outbox',
  'spending',
  'budget',
  'batch',
];
const rooms = [
  'agent',
  'answers',
  'readers',
  'engines',
  'scorers',
  'sinks',
  'results',
  'server',
  'stats',
  'comparing',
  'reports',
  'telemetry',
  'schedules',
  'notify',
];

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isTypeOnly: boolean;
}

function importsOf(file: string): Import[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(root, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier !== null)
      found.push({ from: file, to: targetOf(file, specifier.text), isTypeOnly: specifier.isTypeOnly });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function specifierOf(node: ts.Node): { text: string; isTypeOnly: boolean } | null {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
    const clause = ts.isImportDeclaration(node) ? node.importClause : node;
    const isTypeOnly = ts.isImportDeclaration(node)
      ? node.importClause?.isTypeOnly === true
      : clause !== undefined && node.isTypeOnly;
    return { text: (node.moduleSpecifier as ts.StringLiteral).text, isTypeOnly };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [first] = node.arguments;
    return first !== undefined && ts.isStringLiteral(first) ? { text: first.text, isTypeOnly: false } : null;
  }
  return null;
}

const targetOf = (file: string, specifier: string) =>
  specifier.startsWith('.') ? relative(root, join(root, dirname(file), specifier)) : specifier;

const isOwn = ({ to }: Import) => to.endsWith('.ts');
const placeOf = (file: string) =>
  file.includes('/') ? (file.split('/')[0] ?? '') : file.replace(/\.ts$/, '');

/** May `from` import `to`? Both are rooms, or names of files of `src` itself. */
function mayImport(from: string, to: string): boolean {
  if (from === to || ground.includes(to)) return from !== 'index' || to !== 'cli';
  if (ground.includes(from)) return false;
  if (rooms.includes(from)) return false;
  if (way.includes(from)) return way.includes(to) || to === 'scorers';
  if (from === 'commands') return way.includes(to) || rooms.includes(to);
  if (from === 'cli') return to === 'commands';
  return from === 'index' && to !== 'cli';
}

const imports = files.flatMap(importsOf);

describe('the import graph', () => {
  it('knows every place in src', () => {
    const places = new Set(files.map(placeOf));

    expect(
      [...places].filter(
        (place) => ![...ground, ...way, ...rooms, 'commands', 'cli', 'index'].includes(place),
      ),
    ).toEqual([]);
  });

  it('has no edge upward or sideways', () => {
    const wrong = imports.filter(isOwn).filter(({ from, to }) => !mayImport(placeOf(from), placeOf(to)));

    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  it('has nobody import the public page', () => {
    expect(imports.filter(({ to }) => to === 'index.ts').map(({ from }) => from)).toEqual([]);
  });

  it('has no cycle', () => {
    const edges = group(imports.filter(isOwn));

    expect(cyclesOf(edges)).toEqual([]);
  });

  it('imports each third-party library in one file', () => {
    const outside = imports.filter(
      (each) => !isOwn(each) && !each.to.startsWith('node:') && !each.isTypeOnly,
    );
    const byLibrary = new Map<string, Set<string>>();
    for (const { from, to } of outside) {
      const name = to.startsWith('@') ? to.split('/').slice(0, 2).join('/') : (to.split('/')[0] ?? '');
      // The sample agents are written in LangGraph's own words: each stands for itself, to be read and copied.
      if (from.startsWith('server/') && name.startsWith('@langchain/')) continue;
      byLibrary.set(name, (byLibrary.get(name) ?? new Set()).add(from));
    }

    expect(
      [...byLibrary]
        .filter(([, from]) => from.size > 1)
        .map(([name, from]) => `${name}: ${[...from].join(', ')}`),
    ).toEqual([]);
  });
});

function group(all: readonly Import[]): Map<string, Import[]> {
  const groups = new Map<string, Import[]>();
  for (const each of all) groups.set(each.from, [...(groups.get(each.from) ?? []), each]);
  return groups;
}

/** Each cycle once, as the path around it. */
function cyclesOf(edges: ReadonlyMap<string, readonly Import[]>): string[] {
  const done = new Set<string>();
  const cycles: string[] = [];
  const walk = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at !== -1) {
      cycles.push([...path.slice(at), file].join(' → '));
      return;
    }
    if (done.has(file)) return;
    for (const { to } of edges.get(file) ?? []) walk(to, [...path, file]);
    done.add(file);
  };
  for (const file of edges.keys()) walk(file, []);
  return cycles;
}
