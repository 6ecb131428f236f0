/** The batch directory of a command: which one, whether it may go on there, and what earlier starts left. */

import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { AgentError, ConfigError } from '../errors.ts';
import type { Config } from '../options.ts';
import { areOfAStart, type BatchFiles, batchFiles } from '../results/files.ts';
import { freshen } from '../results/fresh-files.ts';
import type { Lock } from '../results/hold.ts';
import { batchName, newestBatch } from '../results/locate.ts';
import { takeLock } from '../results/lock.ts';
import {
  differences,
  type Identity,
  type Manifest,
  readManifest,
  type Selection,
  sameSelection,
} from '../results/manifest.ts';
import type { Runtime } from '../runtime.ts';
import { Scratch } from '../scratch.ts';

export interface Place {
  readonly files: BatchFiles;
  /** The batch that lies there already; null for a new one. */
  readonly manifest: Manifest | null;
  /** Where an old batch is to go that is in the way of a new one. */
  readonly moveTo: string | null;
}

export interface PlaceWish {
  readonly config: Config;
  readonly cwd: string;
  readonly date: Date;
  /** Absolute, or `-`. */
  readonly datasetPath: string;
}

/** Is a batch the one that this command would go on with? Only unfinished ones are. */
export const isWanted =
  (datasetPath: string, agent: string, selection: Selection) =>
  ({ state, dataset, identity, selection: its }: Manifest): boolean =>
    state !== 'finished' &&
    dataset.path === datasetPath &&
    identity.agent === agent &&
    sameSelection(its, selection);

/**
 * Finds the directory; makes and moves nothing yet.
 * @param wanted Which of the batches under `results/` to go on with, where no `--out` says.
 */
export async function findPlace(wish: PlaceWish, wanted: (manifest: Manifest) => boolean): Promise<Place> {
  const { config, cwd, date, datasetPath } = wish;
  if (config.out !== null) return outPlace(resolve(cwd, config.out), config.new, date);
  const parent = join(cwd, 'results');
  const found = config.new || datasetPath === '-' ? null : await newestBatch(parent, wanted);
  if (found !== null) return { files: batchFiles(found.directory), manifest: found.manifest, moveTo: null };
  return {
    files: batchFiles(await freeDirectory(join(parent, batchName(datasetPath, date)))),
    manifest: null,
    moveTo: null,
  };
}

async function freeDirectory(wish: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const directory = number === 1 ? wish : `${wish}-${number}`;
    if ((await kindOf(directory)) === 'nothing') return directory;
  }
}

async function outPlace(directory: string, startNew: boolean, date: Date): Promise<Place> {
  const kind = await kindOf(directory);
  if (kind === 'file') throw new ConfigError(`--out: expected a directory, got the file ${directory}`);
  const files = batchFiles(directory);
  // The names first: another start may write its manifest, and more, at this very moment.
  const names = kind === 'directory' ? await readdir(directory) : [];
  const manifest = kind === 'directory' ? await readManifest(files.manifest) : null;
  if (manifest === null && names.length > 0 && !areOfAStart(names)) {
    throw new ConfigError(
      `--out: ${directory} holds other files and no batch; name an empty or a new directory`,
    );
  }
  if (manifest === null || !startNew) return { files, manifest, moveTo: null };
  const moveTo = `${directory}.old-${date.toISOString().replace(/[-:]|\.\d+/g, '')}`;
  return { files, manifest: null, moveTo };
}

async function kindOf(path: string): Promise<'nothing' | 'file' | 'directory'> {
  const facts = await stat(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new ConfigError(
      `--out: ${path} cannot be used (${error instanceof Error ? error.message : String(error)})`,
    );
  });
  return facts === null ? 'nothing' : facts.isDirectory() ? 'directory' : 'file';
}

/** A place that nobody else works on until its lock is released. */
export interface OwnPlace extends Place {
  readonly lock: Lock;
  /** For what does not fit in memory. */
  readonly scratch: Scratch;
}

export interface Entered extends AsyncDisposable {
  readonly place: OwnPlace;
}

/** Makes the directory of a new batch, and takes the lock. @throws LockedError */
export async function enter(place: Place, runtime: Runtime): Promise<Entered> {
  const { files, moveTo } = place;
  if (moveTo !== null) await moveAway(files, moveTo, runtime);
  await makeDirectories(files.directory).catch((error: unknown) => {
    throw new ConfigError(
      `--out: ${files.directory} cannot be made (${error instanceof Error ? error.message : String(error)})`,
      { cause: error },
    );
  });
  const lock = await takeLock(files.lock, runtime);
  try {
    await freshen(files.lock, [files.journal, files.intents], lock);
    // What was found before may be old: another start may have begun the batch since, or have ended it.
    const manifest = await readManifest(files.manifest);
    const scratch = new Scratch(files.scratch);
    return {
      place: { ...place, manifest, lock, scratch },
      [Symbol.asyncDispose]: async () => {
        scratch[Symbol.dispose]();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** @throws LockedError where somebody works on the batch that is to go. */
async function moveAway(files: BatchFiles, moveTo: string, runtime: Runtime): Promise<void> {
  const lock = await takeLock(files.lock, runtime);
  await rename(files.directory, moveTo).catch(async (error: unknown) => {
    await lock.release();
    throw error;
  });
  await lock.release(batchFiles(moveTo).lock);
}

/** One by one: Node's own recursive way never ends where a parent lets nothing be made in it, as under /proc. */
export async function makeDirectories(path: string): Promise<void> {
  const kind = await kindOf(path);
  if (kind === 'directory') return;
  if (kind === 'file') throw new Error(`${path} is a file`);
  await makeDirectories(dirname(path));
  await mkdir(path).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
}

/** @throws ConfigError with each difference, where the batch is about something else. */
export function assertSameIdentity(manifest: Manifest, identity: Identity): void {
  const all = differences(manifest.identity, identity);
  if (all.length > 0) {
    throw new ConfigError(['this batch is another experiment; --new starts one of its own:', ...all]);
  }
}

/** @throws AgentError where the agent was edited since, and nobody accepted it. */
export function assertSameAgent(
  manifest: Manifest | null,
  version: string | null,
  { acceptAgentChange }: Config,
): void {
  if (manifest === null || manifest.agent.version === version || acceptAgentChange) return;
  const versions = `the batch has version ${manifest.agent.version}, the server now has ${version}`;
  const ways =
    manifest.state === 'finished'
      ? '--new starts another batch'
      : '--accept-agent-change goes on with it, --new starts another batch';
  throw new AgentError(`the agent was edited since: ${versions}; ${ways}`, 4);
}

export const newBatchId = (): string => randomUUID();

/** As a person would type it. */
export const shownPath = (path: string, cwd: string): string => {
  const short = relative(cwd, path);
  return short === '' ? '.' : short.startsWith('..') ? path : short;
};
