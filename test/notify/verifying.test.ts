/** What docs/guide/notify.md gives receivers: run as it stands there. */

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { signatureOf } from '../../src/notify/signature.ts';

const run = promisify(execFile);
const guide = await readFile(new URL('../../docs/guide/notify.md', import.meta.url), 'utf8');
const blockOf = (language: string) => guide.split(`\`\`\`${language}\n`)[1]?.split('```')[0] ?? '';

const [body, secret, time] = ['{"sentence":"é ✓"}', 'a secret', 1_800_000_000];
const genuine = signatureOf(body, secret, new Date(time * 1_000));
/** Body, header, when it is looked at; and whether it is ours. */
const cases: readonly [string, string, number, boolean][] = [
  [body, genuine, time, true],
  [body, genuine, time + 299, true],
  [body, genuine, time + 301, false],
  [body, genuine, time - 301, false],
  [`${body} `, genuine, time, false],
  [body, genuine.replace(/.$/, (last) => (last === '0' ? '1' : '0')), time, false],
  [body, genuine.replace(`t=${time}`, `t=${time + 1}`), time, false],
  [body, '', time, false],
];
const calls = cases.map(([text, header, now]) => [text, header, secret, now]);

describe('what verifies a notice', () => {
  it('in Node takes ours alone, and no replay', async () => {
    const program = `${blockOf('js')}\nconsole.log(JSON.stringify(JSON.parse(process.argv[1]).map((call) => isGenuine(...call))))`;

    const { stdout } = await run(process.execPath, [
      '--input-type=module',
      '-e',
      program,
      JSON.stringify(calls),
    ]);

    expect(JSON.parse(stdout)).toEqual(cases.map(([, , , is]) => is));
  });

  it('in Python takes ours alone, and no replay', async () => {
    const program = `${blockOf('python')}\nimport json, sys\nprint(json.dumps([is_genuine(body.encode(), *rest) for body, *rest in json.loads(sys.argv[1])]))`;

    const { stdout } = await run('python3', ['-c', program, JSON.stringify(calls)]);

    expect(JSON.parse(stdout)).toEqual(cases.map(([, , , is]) => is));
  });
});
