/** The whole of `threadmill run`, from a program: a batch directory, journal and reports, and the summary as a value. */

import { runDataset } from 'threadmill';

export async function askAll(dataset: string, url: string, agent: string, out: string) {
  const summary = await runDataset(dataset, { url, agent, out, concurrency: 4, timeoutMs: 60_000 });
  return summary?.counts;
}
