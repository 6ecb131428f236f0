/** Which agents a local server serves: those of a `langgraph.json`, or the bundled ones. */

import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { parseDotenv } from '../dotenv.ts';
import { ConfigError } from '../errors.ts';
import { isObject } from '../json.ts';
import { bundledGraphs } from './bundled.ts';

/** An export of a file: `./src/agent.ts:graph`. */
export interface ExportPath {
  /** Absolute. */
  readonly file: string;
  readonly exportName: string;
}

/** What a local server is to serve. */
export interface Graphs {
  /** The `langgraph.json`, absolute; null for the bundled agents. */
  readonly file: string | null;
  /** By the name that `--agent` takes. */
  readonly graphs: Readonly<Record<string, ExportPath>>;
  readonly env: Readonly<Record<string, string>>;
  /** The project's own key check. */
  readonly auth: ExportPath | null;
}

/** Notes what is wrong with a field of the file; all of it is told at once. */
type Refuse = (field: string, problem: string) => null;

/**
 * Reads a `langgraph.json` of JavaScript or TypeScript graphs, paths resolved against it; without one, the bundled agents.
 *
 * @throws ConfigError With all that is wrong with it.
 */
export async function readGraphs(path: string | undefined): Promise<Graphs> {
  if (path === undefined) return { file: null, graphs: bundledGraphs, env: {}, auth: null };

  const file = resolve(path);
  const content = await readObject(file);
  const faults: string[] = [];
  const refuse: Refuse = (field, problem) => {
    faults.push(`${basename(file)}: ${field}: ${problem}`);
    return null;
  };

  const graphs: Record<string, ExportPath> = {};
  for (const [name, value] of graphEntries(content['graphs'], refuse)) {
    const found = await readExport(file, value, (problem) => refuse(`graphs.${name}`, problem));
    if (found !== null) graphs[name] = found;
  }
  const auth = isObject(content['auth']) ? content['auth']['path'] : undefined;
  const authPath =
    auth === undefined ? null : await readExport(file, auth, (problem) => refuse('auth.path', problem));
  const env = await readVariables(file, content['env'], refuse);
  if (faults.length > 0) throw new ConfigError(faults);
  return { file, graphs, env, auth: authPath };
}

async function readObject(file: string): Promise<Record<string, unknown>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const saw = error.code === 'ENOENT' ? 'no such file' : error.message;
    throw new ConfigError(`${file}: expected a langgraph.json, saw: ${saw}`, { cause: error });
  });
  try {
    const content: unknown = JSON.parse(text);
    if (isObject(content)) return content;
  } catch (error) {
    throw new ConfigError(`${file}: expected JSON, saw: ${(error as Error).message}`, { cause: error });
  }
  throw new ConfigError(`${file}: expected an object such as ${example}`);
}

const example = '{"graphs": {"agent": "./src/agent.ts:graph"}}';

function graphEntries(graphs: unknown, refuse: Refuse): [string, unknown][] {
  const entries = isObject(graphs) ? Object.entries(graphs) : [];
  if (entries.length === 0) refuse('graphs', `expected at least one graph, as in ${example}`);
  return entries;
}

async function readExport(
  from: string,
  value: unknown,
  refuse: (problem: string) => null,
): Promise<ExportPath | null> {
  const written = isObject(value) ? value['path'] : value;
  if (typeof written !== 'string') {
    return refuse(`expected a path such as "./src/agent.ts:graph", saw ${JSON.stringify(value)}`);
  }
  const colon = written.lastIndexOf(':');
  const path = colon === -1 ? written : written.slice(0, colon);
  if (extname(path) === '.py') {
    return refuse(
      `${path} is Python, which this server cannot run. Start it with ` +
        '`langgraph dev --port 2024` (of `pip install "langgraph-cli[inmem]"`), then use ' +
        '`--url http://127.0.0.1:2024` in place of `--local`; or have threadmill run start and stop it: ' +
        "`--serve-command 'langgraph dev --port {port}'`",
    );
  }
  const exportName = colon === -1 ? '' : written.slice(colon + 1);
  if (path === '' || !/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(exportName)) {
    return refuse(`expected "file:export", such as "./src/agent.ts:graph", saw ${JSON.stringify(written)}`);
  }
  const file = resolve(dirname(from), path);
  const isFile = await stat(file).then(
    (facts) => facts.isFile(),
    () => false,
  );
  return isFile ? { file, exportName } : refuse(`no such file: ${file}`);
}

/** The variables themselves, the path of a `.env` file, or names (which the server has from its parent anyway). */
async function readVariables(from: string, env: unknown, refuse: Refuse): Promise<Record<string, string>> {
  if (env === undefined || env === null || Array.isArray(env)) return {};
  if (isObject(env))
    return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]));
  if (typeof env !== 'string') {
    refuse('env', `expected an object or the path of a .env file, saw ${JSON.stringify(env)}`);
    return {};
  }
  const file = resolve(dirname(from), env);
  return readFile(file, 'utf8').then(parseDotenv, () => {
    refuse('env', `no such file: ${file}`);
    return {};
  });
}
