/** Canaries: a secret appears in no file, no output, no error, also where the server sends it back. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { onCreate, redirects, says, startAgentServer, status } from '../support/agent-server.ts';
import { questions, workplace } from '../support/threadmill.ts';

const env = { LANGGRAPH_API_KEY: 'canary-key-0123456789', TOKEN: 'canary-token-0123456789' };

describe.concurrent('secrets', () => {
  it.each([[[]], [['--stream']], [['--mode', 'stateless']]])('appear nowhere, with %j', async (options) => {
    await using server = await startAgentServer({
      // The worst server: it shows in its answers and its errors what it was sent.
      agent: ({ prompt }) => says(`${prompt} ${Object.values(env).join(' ')} canary-password-123`),
      faults: onCreate(
        [2, 3],
        status(500, `failed with key ${env.LANGGRAPH_API_KEY} and canary-password-123`),
      ),
    });
    await using place = await workplace({ 'qa.csv': questions(6) });
    const url = server.url.replace('://', '://user:canary-password-123@');

    const { stdout, stderr } = await place.command(
      [
        'run',
        'qa.csv',
        '--url',
        url,
        '--agent',
        'agent',
        '--header',
        'X-Token: ${TOKEN}',
        '--out',
        'out',
        '--verbose',
        '--report',
        'json',
        ...options,
      ],
      { env },
    );

    expect(server.requests[0]?.headers).toMatchObject({
      'x-api-key': env.LANGGRAPH_API_KEY,
      'x-token': env.TOKEN,
    });
    const everything = [stdout, stderr, ...(await textsIn(join(place.path, 'out')))].join('\n');
    expect(everything).toContain('question 1 ***');
    expect(everything).not.toContain('canary');
    expect(everything).not.toContain(Buffer.from('user:canary-password-123').toString('base64'));
  });

  it('are not sent to where a server redirects', async () => {
    await using other = await startAgentServer();
    await using server = await startAgentServer({
      agent: ({ prompt }) => says(prompt),
      faults: onCreate('every', redirects(other.url)),
    });
    await using place = await workplace({ 'qa.csv': questions(2) });

    const { code, stderr } = await place.command(['run', 'qa.csv', '--url', server.url, '--agent', 'agent'], {
      env,
    });

    expect(code).toBe(1);
    expect(stderr).toContain('HTTP_REDIRECT');
    expect(other.requests).toEqual([]);
  });
});

async function textsIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')),
  );
}
