/** What stands for the agents' version under `--local`. */

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { readGraphs } from './graphs-file.ts';
import { builtFile, packageVersion } from './place.ts';

/**
 * The SHA-256, in hex, over a `langgraph.json` and the graph files it names; of the bundled agents, over their files
 * and threadmill's version. Moving a project changes nothing; what its graph files import is not seen.
 *
 * @throws ConfigError As `readGraphs`.
 */
export async function hashGraphs(path: string | undefined): Promise<string> {
  const { file, graphs } = await readGraphs(path);
  if (file === null) return hashFiles(builtFile('agents'), await bundledFiles(), await packageVersion());
  const graphFiles = Object.values(graphs).map((graph) => graph.file);
  return hashFiles(dirname(file), [file, ...graphFiles], '');
}

async function bundledFiles(): Promise<string[]> {
  const directory = builtFile('agents');
  const names = await readdir(directory);
  return names.filter((name) => name.endsWith('.js')).map((name) => join(directory, name));
}

async function hashFiles(from: string, files: readonly string[], version: string): Promise<string> {
  const hash = createHash('sha256').update(version);
  for (const file of [...new Set(files)].sort()) {
    const bytes = await readFile(file);
    hash.update(`\0${relative(from, file)}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}
