import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** This checkout. */
export const checkout = fileURLToPath(new URL('../../', import.meta.url));

export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string;
  /** Makes a file, gives its path. */
  file(name: string, content: string): Promise<string>;
  /** A folder's packages are this checkout's. */
  linkPackages(): Promise<void>;
}

/** A directory with these files in it, gone at the end. Nothing above it has packages. */
export async function temporaryDirectory(files: Record<string, string> = {}): Promise<TemporaryDirectory> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'threadmill-server-')));
  const file = async (name: string, content: string) => {
    const at = join(path, name);
    await mkdir(dirname(at), { recursive: true });
    await writeFile(at, content);
    return at;
  };
  for (const [name, content] of Object.entries(files)) await file(name, content);
  return {
    path,
    file,
    linkPackages: () => symlink(join(checkout, 'node_modules'), join(path, 'node_modules')),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }),
  };
}
