/** `batch.json`: what a batch is, and each of its starts. */

import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { writeJson } from '../atomic.ts';
import type { Ownership } from '../contracts.ts';
import { ConfigError } from '../errors.ts';
import type { DatasetFacts, Delivery, Json, Mode, ScorerFacts } from '../types.ts';

export const manifestFormat = 1;

/** What makes a batch's records one experiment. A start with another one is refused. */
export interface Identity {
  readonly url: string;
  readonly agent: string;
  readonly mode: Mode;
  readonly delivery: Delivery;
  /** How inputs are built: template, body, encoding and column options. */
  readonly inputs: Readonly<Record<string, Json>>;
}

/** Which examples, and how often: may grow from one start to the next. */
export interface Selection {
  readonly limit: number | null;
  readonly offset: number;
  readonly sample: number | null;
  readonly seed: number;
  readonly ids: readonly string[] | null;
  readonly repeat: number;
}

export interface ManifestAgent {
  readonly url: string;
  readonly id: string;
  readonly name: string | null;
  readonly graph: string | null;
  readonly version: string;
}

export interface Manifest {
  readonly format: typeof manifestFormat;
  readonly id: string;
  readonly state: 'running' | 'finished' | 'stopped';
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly dataset: DatasetFacts & {
    readonly path: string;
    readonly format: string;
    readonly size: number;
    readonly mtime_ms: number;
    /** Records of earlier starts stand at other places than they say: rows were moved, or put before them, since. */
    readonly moved?: boolean | undefined;
    /** What judges its answers: those named, those in force, and why these where none were named. */
    readonly scorers?:
      | {
          readonly named: readonly string[];
          readonly used: readonly string[];
          readonly because: string | null;
        }
      | undefined;
  };
  readonly agent: ManifestAgent;
  readonly identity: Identity;
  readonly selection: Selection;
  /** Turns that are to have a record. */
  readonly planned: number;
  /** What judges the answers; a later scoring has its own. */
  readonly scorers?: readonly ScorerFacts[] | undefined;
  /** Every option but secrets, by flag, as it held at the last start. */
  readonly settings: Readonly<Record<string, Json>>;
  readonly starts: readonly Start[];
}

export interface Start {
  readonly at: string;
  readonly threadmill: string;
  readonly node: string;
  readonly agent_version: string;
}

/** The manifest of a directory; null where there is none. @throws ConfigError where it is none that we can read. */
export async function readManifest(path: string): Promise<Manifest | null> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    const saw = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${path}: expected the manifest of a batch, ${saw}`, { cause: error });
  }
  const problem = problemOf(value);
  if (problem !== null) throw new ConfigError(`${path}: ${problem}`);
  return value as Manifest;
}

/** Read by this version, and of which type. */
const needed = {
  id: 'string',
  state: 'string',
  started_at: 'string',
  'dataset.path': 'string',
  'dataset.sha256': 'string',
  'agent.version': 'string',
  'identity.url': 'string',
  'identity.agent': 'string',
  'identity.mode': 'string',
  'identity.delivery': 'string',
  'identity.inputs': 'object',
  selection: 'object',
  planned: 'number',
  settings: 'object',
  starts: 'object',
} as const;

function problemOf(manifest: unknown): string | null {
  const format = at(manifest, 'format');
  if (typeof format === 'number' && format > manifestFormat) {
    return `this batch has format ${format}, made by a newer threadmill; this one reads format ${manifestFormat}: update threadmill`;
  }
  const wrong = Object.entries(needed).find(([path, type]) => {
    const value = path.split('.').reduce(at, manifest);
    return typeof value !== type || value === null;
  });
  if (format === manifestFormat && wrong === undefined) return null;
  return `expected the manifest of a batch, saw no good ${JSON.stringify(wrong?.[0] ?? 'format')} in it: is it another program's?`;
}

const at = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;

export const writeManifest = (path: string, manifest: Manifest, ownership?: Ownership): Promise<void> =>
  writeJson(path, manifest, ownership);

/** Each way in which another identity differs, a sentence each; none where it is the same. Pure. */
export function differences(was: Identity, is: Identity): string[] {
  const before = valuesOf(was);
  const now = valuesOf(is);
  return [...new Set([...before.keys(), ...now.keys()])]
    .map((name) => ({ name, before: before.get(name) ?? null, now: now.get(name) ?? null }))
    .filter(({ before, now }) => !isDeepStrictEqual(before, now))
    .map(
      ({ name, before, now }) => `${name}: the batch has ${shown(before)}, this command has ${shown(now)}`,
    );
}

const valuesOf = ({ url, agent, mode, delivery, inputs }: Identity): Map<string, Json> =>
  new Map([
    ...Object.entries({ '--url': url, '--agent': agent, '--mode': mode, '--delivery': delivery }),
    ...Object.entries(inputs),
  ]);

const longestShown = 200;

function shown(value: Json): string {
  if (value === null || value === false) return 'none';
  const text = JSON.stringify(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}

/** Which examples a batch is about, to find the one to go on with. */
export const sameSelection = (a: Selection, b: Selection): boolean => isDeepStrictEqual(a, b);
