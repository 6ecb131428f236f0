/** Takes as many milliseconds as the message says ("wait 500"), 1000 where it says none. A cancelled run ends at once. */

import { setTimeout as sleep } from 'node:timers/promises';
import {
  END,
  type LangGraphRunnableConfig,
  MessagesAnnotation,
  START,
  StateGraph,
} from '@langchain/langgraph';
import { answer, lastQuestion } from './chat.ts';
import { witness } from './witness.ts';

type State = typeof MessagesAnnotation.State;

async function wait({ messages }: State, config: LangGraphRunnableConfig) {
  witness('slow', 'wait', config);
  const waitMs = Number(/\d+/.exec(lastQuestion(messages))?.[0] ?? 1_000);
  await sleep(waitMs, undefined, { signal: config.signal });
  return { messages: [answer(`Waited ${waitMs} ms.`, messages)] };
}

export const slow = new StateGraph(MessagesAnnotation)
  .addNode('wait', wait)
  .addEdge(START, 'wait')
  .addEdge('wait', END)
  .compile();
