/** Takes the types out of TypeScript on a Node that does not, by a compiler of the user's own. */

import { readFile } from 'node:fs/promises';
import type { InitializeHook, LoadHook } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Stripper } from './messages.ts';

type Strip = (source: string, file: string) => string | Promise<string>;

/** What of each compiler is used. */
interface TypeScript {
  transpileModule(source: string, options: object): { readonly outputText: string };
}
interface Esbuild {
  transform(source: string, options: object): Promise<{ readonly code: string }>;
}

let strip: Strip = (source) => source;

export const initialize: InitializeHook<Stripper> = async ({ name, url }) => {
  const loaded = (await import(url)) as { readonly default?: unknown };
  const compiler = loaded.default ?? loaded;
  strip = name === 'typescript' ? byTypeScript(compiler as TypeScript) : byEsbuild(compiler as Esbuild);
};

const byTypeScript =
  (compiler: TypeScript): Strip =>
  (source, fileName) =>
    compiler.transpileModule(source, {
      fileName,
      // ES2022 as target, ES modules, the types' imports gone.
      compilerOptions: { target: 9, module: 99, inlineSourceMap: true, inlineSources: true },
    }).outputText;

const byEsbuild =
  (compiler: Esbuild): Strip =>
  async (source, sourcefile) =>
    (
      await compiler.transform(source, {
        loader: 'ts',
        format: 'esm',
        target: 'es2022',
        sourcemap: 'inline',
        sourcefile,
      })
    ).code;

export const load: LoadHook = async (url, context, nextLoad) => {
  if (!/^file:.*\.m?ts$/.test(url)) return nextLoad(url, context);
  const file = fileURLToPath(url);
  return {
    format: 'module',
    source: await strip(await readFile(file, 'utf8'), file),
    shortCircuit: true,
  };
};
