/** For tests that count: each execution of a node leaves a line in the file that THREADMILL_WITNESS names. */

import { appendFileSync } from 'node:fs';
import type { LangGraphRunnableConfig } from '@langchain/langgraph';

export function witness(agent: string, node: string, config: LangGraphRunnableConfig): void {
  const file = process.env['THREADMILL_WITNESS'];
  if (!file) return;
  const { thread_id, run_id } = config.configurable ?? {};
  const example = config.metadata?.['threadmill_example'];
  appendFileSync(file, `${JSON.stringify({ agent, node, thread_id, run_id, example })}\n`);
}
