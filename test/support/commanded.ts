/** `run` in this process, in a workplace: what the command does, and what it says to people. */

import { type RunOptions, runDataset } from '../../src/commands/library.ts';
import type { Summary } from '../../src/summary-types.ts';
import type { AgentServer } from './agent-server.ts';
import type { Workplace } from './threadmill.ts';

export interface Commanded {
  readonly summary: Summary;
  readonly said: string;
}

/** Runs `qa.csv` into `out`. Another `argv` is only what the command calls itself. */
export async function commanded(
  place: Workplace,
  server: Pick<AgentServer, 'url'>,
  options: RunOptions = {},
  io: Parameters<typeof runDataset>[2] = {},
): Promise<Commanded> {
  let said = '';
  const stderr = {
    columns: 200,
    write: (text: string) => {
      said += text;
    },
  };
  const all = { url: server.url, agent: 'agent', out: `${place.path}/out`, ...options };
  const summary = await runDataset('qa.csv', all, { cwd: place.path, stderr, ...io });
  if (summary === null) throw new Error(`Expected a summary; it said: ${said}`);
  return { summary, said };
}
