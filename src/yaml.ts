/** YAML, and JSON which is YAML too, with the lines that its values stand in. */

import type { Json } from './types.ts';

export interface YamlText {
  readonly value: Json;
  /** The line of what stands there, from 1; of what does not, that of the nearest around it. */
  lineOf(path: readonly (string | number)[]): number;
}

/** Why a text is no YAML. */
export interface YamlFault {
  readonly line: number;
  readonly problem: string;
}

/** The library is loaded only for those who use it. */
export async function readYaml(text: string): Promise<YamlText | YamlFault> {
  const { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } = await import('yaml');
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    return { line: counter.linePos(error.pos[0]).line, problem: error.message };
  }
  const lineAt = (offset: number | undefined) => (offset === undefined ? 1 : counter.linePos(offset).line);
  return {
    value: document.toJS() as Json,
    lineOf: (path) => {
      let node: unknown = document.contents;
      let line = isNode(node) ? lineAt(node.range?.[0]) : 1;
      for (const step of path) {
        const pair = isMap(node)
          ? node.items.find(({ key }) => isScalar(key) && key.value === step)
          : undefined;
        const next: unknown =
          pair === undefined ? (isSeq(node) ? node.items[Number(step)] : undefined) : pair.value;
        const place = pair !== undefined && isNode(pair.key) ? pair.key : next;
        if (!isNode(place)) break;
        line = lineAt(place.range?.[0]);
        node = next;
      }
      return line;
    },
  };
}
