/** `batch.json`: what a batch is, and each of its starts. */

import { readFile } from 'node:fs/promises';
import { ConfigError } from '../errors.ts';
import type { DatasetFacts, Delivery, Json, Mode } from '../types.ts';
import { writeJson } from './atomic.ts';

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
  };
  readonly agent: ManifestAgent;
  readonly identity: Identity;
  readonly selection: Selection;
  /** Turns that are to have a record. */
  readonly planned: number;
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

/** The manifest of a directory; null where there is none. @throws ConfigError where it is none of ours. */
export async function readManifest(path: string): Promise<Manifest | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return null;
    throw error;
  }
  const manifest = parse(text);
  if (manifest?.format !== manifestFormat) {
    throw new ConfigError(
      `${path}: expected the manifest of a batch in format ${manifestFormat}, got something else`,
    );
  }
  return manifest as Manifest;
}

function parse(text: string): { format?: unknown } | null {
  try {
    return JSON.parse(text) as { format?: unknown } | null;
  } catch {
    return null;
  }
}

export const writeManifest = (path: string, manifest: Manifest): Promise<void> => writeJson(path, manifest);

/** Each way in which another identity differs, a sentence each; none where it is the same. Pure. */
export function differences(was: Identity, is: Identity): string[] {
  const pairs: [string, Json, Json][] = [
    ['url', was.url, is.url],
    ['agent', was.agent, is.agent],
    ['mode', was.mode, is.mode],
    ['delivery', was.delivery, is.delivery],
    ...[...new Set([...Object.keys(was.inputs), ...Object.keys(is.inputs)])].map(
      (name): [string, Json, Json] => [name, was.inputs[name] ?? null, is.inputs[name] ?? null],
    ),
  ];
  return pairs
    .filter(([, before, now]) => JSON.stringify(before) !== JSON.stringify(now))
    .map(([name, before, now]) => `${name}: the batch has ${shown(before)}, this command has ${shown(now)}`);
}

const shown = (value: Json) => (value === null ? 'none' : JSON.stringify(value));

/** Which examples a batch is about, to find the one to go on with. */
export const sameSelection = (a: Selection, b: Selection): boolean => JSON.stringify(a) === JSON.stringify(b);
