/**
 * What the image adds to its base: does the steps of the Dockerfile in a directory, and measures that.
 *
 *   node bench/image.mjs
 */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './chaos/program.mjs';

const mostMb = 40;

const [build = '', image = ''] = readFileSync(join(root, 'Dockerfile'), 'utf8')
  .split(/^FROM .*$/m)
  .slice(1);
const stepsOf = (stage, name) =>
  [...stage.matchAll(new RegExp(`^${name} (.*)$`, 'gm'))].map(([, rest]) => rest.trim());

const app = mkdtempSync(join(tmpdir(), 'image-'));
try {
  for (const step of stepsOf(build, 'COPY')) {
    const names = step.split(/\s+/);
    const target = names.pop();
    for (const name of names)
      cpSync(join(root, name), join(app, target === './' ? name : target), { recursive: true });
  }
  for (const step of stepsOf(build, 'RUN')) execFileSync('sh', ['-c', step], { cwd: app, stdio: 'inherit' });
  const copied = stepsOf(image, 'COPY').map((step) =>
    step
      .split(/\s+/)
      .at(-1)
      .replace(/^\/app\//, ''),
  );
  const sizes = execFileSync('du', ['-sck', ...copied.map((name) => join(app, name))], { encoding: 'utf8' });
  const megabytes = Number(/^(\d+)\ttotal$/m.exec(sizes)[1]) / 1_000;
  const said = execFileSync(process.execPath, [join(app, 'dist/cli.js'), '--version'], { encoding: 'utf8' });
  process.stdout.write(
    `${copied.join(', ')}: ${megabytes.toFixed(1)} MB (≤ ${mostMb} MB); --version: ${said}`,
  );
  process.exitCode = megabytes <= mostMb ? 0 : 1;
} finally {
  rmSync(app, { recursive: true, force: true });
}
