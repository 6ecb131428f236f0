import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Place extends AsyncDisposable {
  readonly path: string;
  /** The path of a name in it. */
  at(name: string): string;
}

/** An empty directory, gone at the end. */
export async function emptyPlace(): Promise<Place> {
  const path = await mkdtemp(join(tmpdir(), 'threadmill-place-'));
  return {
    path,
    at: (name) => join(path, name),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
