/** What a person at a terminal sees: the command's own functions, with a terminal handed in. */

import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Io } from '../../src/commands/io.ts';
import { libraryIo } from '../../src/commands/library.ts';
import { run } from '../../src/commands/run.ts';
import { resolveConfig } from '../../src/config.ts';
import { says, startAgentServer } from '../support/agent-server.ts';
import { questions, type Workplace, workplace } from '../support/threadmill.ts';

interface Terminal {
  readonly io: Partial<Io>;
  written(): string;
  type(text: string): void;
}

function terminal(place: Workplace, columns: number, env: Record<string, string> = {}): Terminal {
  let text = '';
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  const stderr = {
    isTTY: true,
    columns,
    write: (chunk: string) => {
      text += chunk;
    },
  };
  return {
    io: { cwd: place.path, env, stdin, stderr, argv: ['run', 'qa.csv'] },
    written: () => text,
    type: (line) => stdin.write(`${line}\n`),
  };
}

const escapes = /\u001b\[[0-9;?]*[A-Za-z]/g;

async function runAt(screen: Terminal, flags: Record<string, unknown>) {
  const config = resolveConfig('run', {
    flags: { agent: 'agent', ...flags },
    env: {},
    dotenv: {},
    file: null,
  });
  return run('qa.csv', config, libraryIo(screen.io));
}

describe('a terminal', () => {
  it.each([60, 80])(
    'of %d columns is never overrun, but by paths and commands that stand alone',
    async (columns) => {
      await using server = await startAgentServer({ agent: ({ prompt }) => says(`${prompt} `.repeat(50)) });
      await using place = await workplace({ 'qa.csv': questions(40) });
      const screen = terminal(place, columns);

      await runAt(screen, { url: server.url });

      const lines = screen
        .written()
        .replace(escapes, '')
        .split(/[\r\n]+/);
      expect(
        lines.filter((line) => line.length > columns && !/^ {2}(threadmill |results\/)/.test(line)),
      ).toEqual([]);
      expect(lines.join('\n')).toContain('OK: all 40 turns succeeded');
    },
  );

  it('has colours, unless NO_COLOR is set', async () => {
    await using server = await startAgentServer();
    await using place = await workplace({ 'qa.csv': questions(2) });
    const coloured = terminal(place, 80);
    const plain = terminal(place, 80, { NO_COLOR: '1' });

    await runAt(coloured, { url: server.url });
    await runAt(plain, { url: server.url, new: true });

    expect(coloured.written()).toContain('\u001b[32m');
    expect(plain.written()).not.toMatch(/\u001b\[\d+m/);
  });

  it('shows escapes in answers and never obeys them', async () => {
    await using server = await startAgentServer({
      agent: () => says('\u001b]0;owned\u0007\u001b[2Jgone\u202e'),
    });
    await using place = await workplace({ 'qa.csv': questions(2) });
    const screen = terminal(place, 80, { NO_COLOR: '1' });

    await runAt(screen, { url: server.url });

    expect(screen.written()).toContain('\\x1b]0;owned');
    expect(screen.written()).not.toMatch(/\u001b\]|\u001b\[2J|\u202e/);
  });

  it('is asked before more than 100 examples, and no means nothing is asked', async () => {
    await using server = await startAgentServer({ agent: ({ prompt }) => says(prompt) });
    await using place = await workplace({ 'qa.csv': questions(101) });
    const no = terminal(place, 80);
    const yes = terminal(place, 80);

    no.type('n');
    const refused = await runAt(no, { url: server.url });
    yes.type('y');
    const asked = await runAt(yes, { url: server.url });

    expect(no.written()).toContain('101 times? [y/N]');
    expect(refused).toBeNull();
    expect(asked?.counts.success).toBe(101);
    expect(server.counts.runs).toBe(101);
    expect(await place.batches()).toHaveLength(1);
  });

  it('is not asked up to 100 examples, nor with --yes', async () => {
    await using server = await startAgentServer({ agent: ({ prompt }) => says(prompt) });
    await using place = await workplace({ 'qa.csv': questions(101) });
    const few = terminal(place, 80);
    const sure = terminal(place, 80);

    await runAt(few, { url: server.url, limit: '100' });
    await runAt(sure, { url: server.url, yes: true });

    expect(few.written() + sure.written()).not.toContain('[y/N]');
  });

  it('is told a projection after the first 20', async () => {
    await using server = await startAgentServer({
      agent: ({ prompt }) => says(prompt, { usage: { input: 5, output: 5 } }),
    });
    await using place = await workplace({ 'qa.csv': questions(60) });
    const screen = terminal(place, 80, { NO_COLOR: '1' });

    await runAt(screen, { url: server.url });

    expect(screen.written()).toMatch(
      /By the first \d+: about .* for the \d+ turns left; about 600 tokens in all/,
    );
  });

  it('leaves nothing but errors where quiet is wanted', async () => {
    await using server = await startAgentServer();
    await using place = await workplace({ 'qa.csv': questions(2) });
    const screen = terminal(place, 80);

    await runAt(screen, { url: server.url, quiet: true, out: join(place.path, 'out') });

    expect(screen.written()).toBe('');
  });
});
