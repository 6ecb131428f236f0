/** The two files that options may come from: `.env`, and that of `--config`. */

import { readFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import type { Sources } from '../config.ts';
import { parseDotenv } from '../dotenv.ts';
import { ConfigError } from '../errors.ts';
import { readYaml } from '../yaml.ts';

/** The variables of `.env` in the working directory; none where there is no such file. */
export async function readDotenv(cwd: string): Promise<Record<string, string>> {
  const path = join(cwd, '.env');
  try {
    return parseDotenv(await readFile(path));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw new ConfigError(`.env: cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
}

/** The options of a YAML or JSON file. @throws ConfigError */
export async function readConfigFile(name: string | undefined, cwd: string): Promise<Sources['file']> {
  if (name === undefined) return null;
  const text = await readFile(resolve(cwd, name), 'utf8').catch((error: unknown) => {
    throw new ConfigError(
      `--config: ${name} cannot be read (${error instanceof Error ? error.message : String(error)})`,
    );
  });
  const values = await parseFile(name, text);
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new ConfigError(`--config: ${name}: expected options by name, as "concurrency: 20"`);
  }
  return { name, values: values as Record<string, unknown> };
}

async function parseFile(name: string, text: string): Promise<unknown> {
  try {
    if (extname(name).toLowerCase() === '.json') return JSON.parse(text);
    const read = await readYaml(text);
    if ('problem' in read) throw new Error(`line ${read.line}: ${read.problem}`);
    return read.value;
  } catch (error) {
    throw new ConfigError(`--config: ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
