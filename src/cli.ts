#!/usr/bin/env node
/** The command line: the one place that reads `process` and sets the exit code. Loads only what a command needs. */

import { readFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import type { Io, StopSignal } from './commands/io.ts';
import type { Runtime } from './runtime.ts';

// What a batch keeps is small and what it throws away is much: V8 would let garbage grow to several times what is alive
// before it looks (docs/design/memory.md).
setFlagsFromString('--heap-growing-percent=50');

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === '--version' || name === '-v') return print(`${await version()}\n`);
  const { helpText, isCommand, overviewText, welcomeText } = await import('./commands/help.ts');
  const width = Math.min(100, process.stdout.columns ?? 80);
  const isAll = rest.includes('--all');
  if (name === undefined) return print(welcomeText());
  if (name === '--help' || name === '-h' || name === 'help') {
    return print(isCommand(rest[0]) ? helpText(rest[0], width, isAll) : overviewText(width));
  }
  if (isCommand(name) && rest.some((arg) => arg === '--help' || arg === '-h'))
    return print(helpText(name, width, isAll));
  const { commandLine } = await import('./commands/command.ts');
  const { systemRuntime } = await import('./runtime.ts');
  return commandLine(ioOf(argv, systemRuntime));
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

async function version(): Promise<string> {
  const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}

const stopSignals: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Aborts where whoever started it by a channel, as a scheduler does, is gone: it would have stopped it. */
function watchParent(): AbortSignal {
  const gone = new AbortController();
  if (process.channel !== undefined) {
    process.once('disconnect', () => gone.abort());
    process.channel.unref(); // to listen would else keep the process alive
  }
  return gone.signal;
}

function ioOf(argv: readonly string[], runtime: Runtime): Io {
  return {
    argv,
    cwd: process.cwd(),
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    runtime,
    onSignal: (listener) => {
      const onOrphaned = () => listener('SIGTERM');
      for (const signal of stopSignals) process.on(signal, listener);
      orphaned.addEventListener('abort', onOrphaned, { once: true });
      if (orphaned.aborted) onOrphaned();
      return () => {
        for (const signal of stopSignals) process.off(signal, listener);
        orphaned.removeEventListener('abort', onOrphaned);
      };
    },
  };
}

// A reader that went away (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const orphaned = watchParent();

process.exitCode = await main(process.argv.slice(2));
