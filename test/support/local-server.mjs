// The real local Agent Server with the graphs beside this file, as a child process of a test.
// Prints its URL as the first line; ends when its standard input does.
import { mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

process.env.LOG_LEVEL = 'error'; // read once, at import
process.env.LANGSMITH_TRACING = 'false';
process.env.LANGCHAIN_TRACING_V2 = 'false';

const here = dirname(fileURLToPath(import.meta.url));
const cwd = mkdtempSync(join(tmpdir(), 'threadmill-agent-server-'));
const file = `./${relative(cwd, join(here, 'graphs.mjs'))}`;
const names = ['echo', 'slow', 'boom', 'flaky', 'steps', 'approve', 'paused', 'quiz'];

const stop = () => {
  rmSync(cwd, { recursive: true, force: true });
  process.exit(0);
};
process.stdin.on('end', stop).on('error', stop).resume();
process.on('SIGTERM', stop).on('SIGINT', stop);

const { startServer } = await import('@langchain/langgraph-api/server');
const { host } = await startServer({
  port: 0,
  host: '127.0.0.1',
  nWorkers: 10,
  cwd,
  graphs: Object.fromEntries(names.map((name) => [name, `${file}:${name}`])),
});
writeSync(1, `http://${host}\n`);
