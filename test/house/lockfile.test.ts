/** `npm ci` must pass on every machine: other platforms' packages are listed too, and no registry is named. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Record<string, string>;
}

const text = readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8');
const packages = (JSON.parse(text) as { packages: Record<string, LockedPackage> }).packages;

it('lists every optional package, whichever machine wrote the lockfile', () => {
  const missing = Object.entries(packages).flatMap(([path, locked]) =>
    Object.keys(locked.optionalDependencies ?? {})
      .filter(
        (name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages),
      )
      .map((name) => `${path} > ${name}`),
  );

  expect(missing).toEqual([]);
});

it('gives each package its version, and no address to download it from', () => {
  for (const [path, locked] of Object.entries(packages)) {
    expect(locked.version, path).toBeDefined();
    expect(locked.resolved, path).toBeUndefined();
  }
});
