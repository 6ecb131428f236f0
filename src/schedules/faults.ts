/** What is wrong in a file of schedules, gathered with the place of each. */

import { nearest } from '../nearest.ts';
import type { Json } from '../types.ts';
import type { YamlText } from '../yaml.ts';

export type Path = readonly (string | number)[];

export class Faults {
  private readonly name: string;
  private readonly lineOf: YamlText['lineOf'];
  private readonly found: { readonly line: number; readonly text: string }[] = [];

  /** @param name Of the file. */
  constructor(name: string, lineOf: YamlText['lineOf']) {
    this.name = name;
    this.lineOf = lineOf;
  }

  add(path: Path, problem: string): void {
    this.found.push({ line: this.lineOf(path), text: problem });
  }

  expected(path: Path, what: string, saw: Json | undefined): undefined {
    this.add(path, `${path.at(-1)}: expected ${what}, saw ${shown(saw)}`);
    return undefined;
  }

  unknown(path: Path, key: string, known: readonly string[]): void {
    const near = nearest(key, known);
    this.add(
      path,
      `${JSON.stringify(key)} is nothing that can stand here${near === null ? '' : `; did you mean ${near}?`}`,
    );
  }

  /** In the order of their lines, each once. */
  get all(): readonly string[] {
    const sorted = [...this.found].sort((one, other) => one.line - other.line);
    return [...new Set(sorted.map(({ line, text }) => `${this.name}:${line}: ${text}`))];
  }
}

function shown(value: Json | undefined): string {
  if (value === undefined || value === null) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
