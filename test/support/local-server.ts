/** The real local Agent Server, for tests that hold the scripted one against it. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface LocalServer extends AsyncDisposable {
  readonly url: string;
}

/** Starts it as a child process with the graphs of `graphs.mjs`; its state lies in a temporary directory. */
export async function startLocalServer(): Promise<LocalServer> {
  const program = fileURLToPath(new URL('./local-server.mjs', import.meta.url));
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const [url] = await Promise.race([
    once(lines, 'line'),
    exited.then(([code]) => {
      throw new Error(`The local Agent Server ended with ${code} before it was ready`);
    }),
  ]);
  return {
    url: String(url),
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await exited;
    },
  };
}
